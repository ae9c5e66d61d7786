package sqltx

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// nested maps a list that belongs to one row, kept as JSON text; none is "". W is
// how an element is written: of text, whole numbers and flags alone, so that
// nothing in it can become a float.
func nested[T any, W comparable](m *mapping, name string, p *[]T, write func(T) (W, error), read func(W) (T, error)) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return nestedText(*p, write) },
		func() (err error) {
			if *p, err = parseNested(cell, read); err != nil {
				return fmt.Errorf("column %s: %w", name, err)
			}
			return nil
		})
}

// words maps a list of words of any named type.
func words[S ~string](m *mapping, name string, p *[]S) {
	same := func(s S) (S, error) { return s, nil }
	nested(m, name, p, same, same)
}

// nestedText refuses what would be read back as something else, as text that is no
// UTF-8 would.
func nestedText[T any, W comparable](list []T, write func(T) (W, error)) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	written := make([]W, len(list))
	for i, v := range list {
		var err error
		if written[i], err = write(v); err != nil {
			return "", err
		}
	}
	body, err := json.Marshal(written)
	if err != nil {
		return "", err
	}
	again, err := parseNested(string(body), func(w W) (W, error) { return w, nil })
	if err != nil {
		return "", err
	}
	if !slices.Equal(written, again) {
		return "", errors.New("text that is not UTF-8; give it as UTF-8")
	}
	return string(body), nil
}

func parseNested[T, W any](s string, read func(W) (T, error)) ([]T, error) {
	if s == "" {
		return nil, nil
	}
	var written []W
	d := json.NewDecoder(strings.NewReader(s))
	d.DisallowUnknownFields()
	if err := d.Decode(&written); err != nil {
		return nil, fmt.Errorf("nested list: %w", err)
	}
	if d.InputOffset() != int64(len(s)) {
		return nil, errors.New("nested list: more than one value")
	}
	var list []T
	for _, w := range written {
		v, err := read(w)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// amountText is an amount inside a nested list, of the parts that the columns of an
// amount have. The zero money.Amount has no asset and 0 units.
type amountText struct {
	Asset    string `json:"asset"`
	Decimals int64  `json:"decimals"`
	Units    string `json:"units"`
}

func amountToText(a money.Amount) (amountText, error) {
	units, err := unitsText(a)
	return amountText{a.Asset().String(), int64(a.Asset().Decimals), units}, err
}

func (a amountText) amount() (money.Amount, error) { return parseAmount(a.Asset, a.Decimals, a.Units) }

// instantText is an instant inside a nested list: whole milliseconds since 1970 as
// digits, "" for the zero time.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func parseInstant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("nested instant: %w", err)
	}
	return time.UnixMilli(ms).UTC(), nil
}
