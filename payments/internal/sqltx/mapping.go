package sqltx

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// mapping ties the columns of a table to the fields of one Go value, in both
// directions. A row's description calls one method per field; after that, encode
// reads the fields and decode writes them, any number of times, so a batch
// reuses one mapping by assigning to the bound value.
type mapping struct {
	columns []string
	cells   []any // what Scan writes to
	get     []func() (any, error)
	set     []func() error
	fixed   int // columns that a save never changes
}

// fix marks the columns described so far as never changed by a save.
func (m *mapping) fix() { m.fixed = len(m.columns) }

// list returns the columns as a SELECT or INSERT names them.
func (m *mapping) list() string { return strings.Join(m.columns, ", ") }

// encode returns the columns' values for the bound value as it is now.
func (m *mapping) encode() ([]any, error) {
	args := make([]any, len(m.get))
	for i, get := range m.get {
		v, err := get()
		if err != nil {
			return nil, fmt.Errorf("payments: store column %s: %w", m.columns[i], err)
		}
		args[i] = v
	}
	return args, nil
}

// decode fills the bound value from the cells just scanned.
func (m *mapping) decode() error {
	for _, set := range m.set {
		if err := set(); err != nil {
			return fmt.Errorf("payments: stored row: %w", err)
		}
	}
	return nil
}

// column adds one column. A nil set leaves the field as it is.
func (m *mapping) column(name string, cell any, get func() (any, error), set func() error) {
	m.columns = append(m.columns, name)
	m.cells = append(m.cells, cell)
	m.get = append(m.get, get)
	if set != nil {
		m.set = append(m.set, set)
	}
}

// text maps a string of any named type.
func text[S ~string](m *mapping, name string, p *S) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return string(*p), nil },
		func() error { *p = S(cell); return nil })
}

// number maps an integer of any type; a value that does not fit is an error in
// both directions.
func number[I ~int | ~int64 | ~uint8 | ~uint32 | ~uint64](m *mapping, name string, p *I) {
	var cell int64
	m.column(name, &cell,
		func() (any, error) {
			n := int64(*p)
			if I(n) != *p || (n < 0) != (*p < 0) {
				return nil, fmt.Errorf("number %d is too large", *p)
			}
			return n, nil
		},
		func() error {
			v := I(cell)
			if int64(v) != cell || (v < 0) != (cell < 0) {
				return fmt.Errorf("number %d in column %s is out of range", cell, name)
			}
			*p = v
			return nil
		})
}

func (m *mapping) flag(name string, p *bool) {
	var cell int64
	m.column(name, &cell,
		func() (any, error) { return bit(*p), nil },
		func() error { *p = cell != 0; return nil })
}

// computed maps a column that is only written, for indexes.
func (m *mapping) computed(name string, cell any, get func() any) {
	m.column(name, cell, func() (any, error) { return get(), nil }, nil)
}

func (m *mapping) instant(name string, p *time.Time) {
	var cell sql.NullInt64
	m.column(name, &cell,
		func() (any, error) { return millis(*p), nil },
		func() error { *p = fromMillis(cell); return nil })
}

func (m *mapping) hash(name string, p *chain.Hash) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return hashText(*p), nil },
		func() (err error) { *p, err = parseHash(cell); return err })
}

// raw maps address bytes, kept as hex.
func (m *mapping) raw(name string, p *string) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return rawText(*p), nil },
		func() (err error) { *p, err = parseRaw(cell); return err })
}

// json maps JSON that is kept as it was given; none is "".
func (m *mapping) json(name string, p *json.RawMessage) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return string(*p), nil },
		func() error {
			*p = nil
			if cell != "" {
				*p = json.RawMessage(cell)
			}
			return nil
		})
}

func (m *mapping) outpoint(prefix string, p *chain.Outpoint) {
	m.hash(prefix+"txid", &p.TxID)
	number(m, prefix+"vout", &p.Vout)
}

func (m *mapping) outpoints(name string, p *[]chain.Outpoint) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return outpointsText(*p) },
		func() (err error) { *p, err = parseOutpoints(cell); return err })
}

func (m *mapping) anchor(prefix string, p *chain.Anchor) {
	number(m, prefix+"height", &p.Height)
	m.hash(prefix+"hash", &p.Hash)
	m.hash(prefix+"parent", &p.Parent)
	m.instant(prefix+"time", &p.Time)
}

// amount takes three columns: name_asset, name_decimals, name.
func (m *mapping) amount(name string, p *money.Amount) {
	var asset, units string
	var decimals int64
	m.column(name+"_asset", &asset, func() (any, error) { return p.Asset().String(), nil }, nil)
	m.column(name+"_decimals", &decimals, func() (any, error) { return int64(p.Asset().Decimals), nil }, nil)
	m.column(name, &units,
		func() (any, error) { return unitsText(*p) },
		func() (err error) { *p, err = parseAmount(asset, decimals, units); return err })
}

func (m *mapping) rate(name string, p *money.Rate) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return rateText(*p) },
		func() (err error) { *p, err = parseRate(cell); return err })
}

func (m *mapping) decimal(name string, p *decimal.Decimal) {
	var cell string
	m.column(name, &cell,
		func() (any, error) { return decimalText(*p) },
		func() (err error) { *p, err = parseDecimal(cell); return err })
}
