package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var errNotKraken = errors.New("not an answer of kraken")

// maxUnix is the end of year 9999, in seconds.
const maxUnix = 253402300799

// refusal is a non-empty error list. Kraken sends it with HTTP 200.
type refusal struct{ codes []string }

func (r *refusal) Error() string { return fmt.Sprintf("refused: %.200q", r.codes) }

func (r *refusal) has(prefix string) bool {
	for _, c := range r.codes {
		if strings.HasPrefix(c, prefix) {
			return true
		}
	}
	return false
}

const throttled = "EService: Throttled: " // followed by a unix time

// limited reports whether the venue refused the caller, not the question.
func (r *refusal) limited() bool { return r.has("EAPI:Rate limit") || r.has(throttled) }

// until returns how long the venue wants to be left alone, zero if unsaid.
func (r *refusal) until(now time.Time) time.Duration {
	for _, c := range r.codes {
		text, ok := strings.CutPrefix(c, throttled)
		if s, err := strconv.ParseInt(text, 10, 64); ok && err == nil && s > 0 && s < maxUnix {
			return time.Unix(s, 0).Sub(now)
		}
	}
	return 0
}

func unknownPair(err error) bool {
	r := (*refusal)(nil)
	return errors.As(err, &r) && r.has("EQuery:Unknown asset pair")
}

func openEnvelope(body []byte) (map[string]json.RawMessage, error) {
	var w struct {
		Error  *[]string                  `json:"error"`
		Result map[string]json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(body, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotKraken, err)
	}
	if w.Error != nil && len(*w.Error) > 0 {
		return nil, &refusal{codes: *w.Error}
	}
	if w.Error == nil || w.Result == nil {
		return nil, fmt.Errorf("%w: error or result is absent", errNotKraken)
	}
	return w.Result, nil
}

// rowOf returns what the answer holds of a pair, never of another one.
func rowOf(result map[string]json.RawMessage, l listing) (json.RawMessage, error) {
	if raw, ok := result[l.key]; ok {
		return raw, nil
	}
	if raw, ok := result[l.altname]; ok {
		return raw, nil
	}
	return nil, fmt.Errorf("%w: no row of %s", errNotKraken, l.altname)
}

// series opens a result that holds one pair's rows and a cursor. Rows under a
// name that was not asked are refused.
func series(result map[string]json.RawMessage, l listing, width int) ([][]json.RawMessage, json.RawMessage, error) {
	raw, err := rowOf(result, l)
	if err != nil {
		return nil, nil, err
	}
	if len(result) != 2 || result["last"] == nil {
		return nil, nil, fmt.Errorf("%w: rows of %s and a cursor were expected", errNotKraken, l.altname)
	}
	var rows [][]json.RawMessage
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errNotKraken, err)
	}
	for _, r := range rows {
		if len(r) < width {
			return nil, nil, fmt.Errorf("%w: short row", errNotKraken)
		}
	}
	return rows, result["last"], nil
}
