package money

import (
	"encoding/json"
	"fmt"
)

// amountJSON is the wire form of an Amount: units are text, so that no reader
// takes them for a floating point number.
type amountJSON struct {
	Asset    string `json:"asset"`
	Decimals uint8  `json:"decimals"`
	Units    string `json:"units"`
}

// MarshalJSON writes {"asset":"BTC@bitcoin","decimals":8,"units":"123400"}.
func (x Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(amountJSON{Asset: x.asset.String(), Decimals: x.asset.Decimals, Units: x.UnitsText()})
}

// UnmarshalJSON reads what [Amount.MarshalJSON] writes, and nothing that leaves
// out the decimals or names no asset: with other decimals the same units are
// another amount.
func (x *Amount) UnmarshalJSON(b []byte) error {
	var w struct {
		amountJSON
		Decimals *uint8 `json:"decimals"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return fmt.Errorf("money: read amount: %w", err)
	}
	if w.Asset == "" && w.Units == "0" {
		*x = Amount{}
		return nil
	}
	if w.Decimals == nil || *w.Decimals > MaxDecimals {
		return fmt.Errorf("%w: amount of %q needs its decimals, 0 to %d", ErrBadNumber, clip(w.Asset), MaxDecimals)
	}
	coin, network := SplitAssetID(w.Asset)
	a := Asset{Coin: coin, Network: network, Decimals: *w.Decimals}
	if coin == "" || a.String() != w.Asset { // "BTC@" would be read as a currency
		return fmt.Errorf("%w: amount of %q: write the asset as BTC@bitcoin or USD", ErrBadNumber, clip(w.Asset))
	}
	v, err := ParseUnits(a, w.Units)
	if err != nil {
		return err
	}
	*x = v
	return nil
}

// MarshalJSON writes the rate as text, "" if it is not valid.
func (r Rate) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// UnmarshalJSON reads what [Rate.MarshalJSON] writes.
func (r *Rate) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("money: read rate: %w", err)
	}
	if s == "" {
		*r = Rate{}
		return nil
	}
	v, err := ParseRate(s)
	if err != nil {
		return err
	}
	*r = v
	return nil
}
