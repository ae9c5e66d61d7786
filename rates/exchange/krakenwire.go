package exchange

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

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

// verdict says what a refusal is of: the symbol, the question, the caller, or
// nothing known.
func (r *refusal) verdict(now time.Time) error {
	switch {
	case r.has("EQuery:Unknown asset pair"):
		return fmt.Errorf("%w: %w", errUnlisted, r)
	case r.has("EQuery:"):
		return fmt.Errorf("%w: %w", errDeclined, r)
	case r.limited():
		return &stay{r.until(now), r}
	}
	return r
}

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

// openEnvelope returns the result of an answer, or as an error what it refuses.
func openEnvelope(body []byte, now time.Time) (map[string]json.RawMessage, error) {
	w, err := parseJSON[struct {
		Error  *[]string                  `json:"error"`
		Result map[string]json.RawMessage `json:"result"`
	}](body)
	if err != nil {
		return nil, err
	}
	if w.Error != nil && len(*w.Error) > 0 {
		return nil, (&refusal{codes: *w.Error}).verdict(now)
	}
	if w.Error == nil || w.Result == nil {
		return nil, fmt.Errorf("%w: error or result is absent", errShape)
	}
	return w.Result, nil
}

// rowOf returns what the answer holds of a pair, never of another one.
func rowOf(result map[string]json.RawMessage, l listing) (json.RawMessage, error) {
	if raw, ok := result[l.key]; ok {
		return raw, nil
	}
	if raw, ok := result[l.symbol]; ok {
		return raw, nil
	}
	return nil, fmt.Errorf("%w: no row of %s", errShape, l.symbol)
}

// series opens a result that holds one pair's rows and a cursor. Rows under a
// name that was not asked are refused.
func series(result map[string]json.RawMessage, l listing, width int) ([][]number, json.RawMessage, error) {
	raw, err := rowOf(result, l)
	if err != nil {
		return nil, nil, err
	}
	if len(result) != 2 || result["last"] == nil {
		return nil, nil, fmt.Errorf("%w: rows of %s and a cursor were expected", errShape, l.symbol)
	}
	var rows [][]number
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errShape, err)
	}
	for _, r := range rows {
		if len(r) < width {
			return nil, nil, fmt.Errorf("%w: short row", errShape)
		}
	}
	return rows, result["last"], nil
}
