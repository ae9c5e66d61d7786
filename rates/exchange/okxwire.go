package exchange

import (
	"encoding/json"
	"fmt"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// Codes of the envelope: the venue's "Error Code".
const (
	okxTooFast = "50011"
	okxUnknown = "51001"
)

// okxRows opens an envelope and returns its rows, or what it refuses as an error.
func okxRows[T any](body []byte) ([]T, error) {
	w, err := parseJSON[struct {
		Code string          `json:"code"`
		Msg  string          `json:"msg"`
		Data json.RawMessage `json:"data"`
	}](body)
	if err != nil {
		return nil, err
	}
	if w.Code != "0" {
		return nil, okxVerdict(w.Code, w.Msg)
	}
	if len(w.Data) == 0 {
		return nil, errNoData
	}
	return parseJSON[[]T](w.Data)
}

// okxVerdict says what a refusal is of: the symbol, the caller, or nothing known.
func okxVerdict(code, msg string) error {
	refused := fmt.Errorf("refused: %.20q %.100q", code, msg)
	switch code {
	case "":
		return fmt.Errorf("%w: code is absent", errShape)
	case okxUnknown:
		return fmt.Errorf("%w: %w", errUnlisted, refused)
	case okxTooFast:
		return &stay{0, refused}
	}
	return refused
}

// okxRefusal reads an answer other than 200 that says a symbol is unknown; the
// status says the rest, with its Retry-After.
func okxRefusal(_ int, body []byte) error {
	w, err := parseJSON[struct {
		Code string `json:"code"`
		Msg  string `json:"msg"`
	}](body)
	if err == nil && w.Code == okxUnknown {
		return okxVerdict(w.Code, w.Msg)
	}
	return nil
}

// okxInstruments reads the spot instruments.
func okxInstruments(body []byte) (roster, error) {
	rows, err := okxRows[struct {
		Type  string `json:"instType"`
		ID    string `json:"instId"`
		Base  string `json:"baseCcy"`
		Quote string `json:"quoteCcy"`
		State string `json:"state"`
	}](body)
	if err != nil {
		return nil, err
	}
	var all shelf
	for _, r := range rows {
		if r.Type != "SPOT" {
			continue
		}
		if r.State == "live" {
			r.State = online
		}
		all.add(rates.Market{Coin: money.Coin(r.Base), Quote: r.Quote}, listing{symbol: r.ID, status: r.State})
	}
	return all.done()
}

// okxTickers reads the tickers of all spot instruments. A symbol told twice has
// no price to be believed.
func okxTickers(body []byte) (map[string]book, error) {
	rows, err := okxRows[struct {
		ID   string `json:"instId"`
		Last number `json:"last"`
		Ask  number `json:"askPx"`
		Bid  number `json:"bidPx"`
		TS   number `json:"ts"`
	}](body)
	if err != nil {
		return nil, err
	}
	out := make(map[string]book, len(rows))
	for _, r := range rows {
		b := book{bid: r.Bid, ask: r.Ask, last: r.Last}
		at, err := r.TS.millis()
		if err != nil {
			b.bad = fmt.Errorf("number: %w", err)
		}
		b.at = at
		if _, twice := out[r.ID]; twice {
			b.bad = errTwice
		}
		out[r.ID] = b
	}
	return out, nil
}

// okxCandles reads history-candles, newest first. A row that is not confirmed has
// no close; only the newest may be one.
func okxCandles(body []byte) ([]candle, error) {
	rows, err := okxRows[[]number](body)
	if err != nil {
		return nil, err
	}
	out := make([]candle, len(rows))
	for i, row := range rows {
		if len(row) < 9 || row[8] != "0" && row[8] != "1" {
			return nil, fmt.Errorf("%w: confirm of a candle", errShape)
		}
		if row[8] == "0" && i > 0 {
			return nil, fmt.Errorf("%w: an unfinished candle with a later one", errShape)
		}
		if out[i], err = candleRow(row); err != nil {
			return nil, err
		}
		if row[8] == "0" {
			out[i].close = money.Rate{}
		}
	}
	return out, nil
}
