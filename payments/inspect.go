package payments

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// everything matches all addresses and outpoints: of one transaction everything
// can be looked up.
type everything struct{}

func (everything) Address([]byte) bool          { return true }
func (everything) Outpoint(chain.Outpoint) bool { return true }

// sighting is a transaction as a source shows it now, less what concerns others.
type sighting struct {
	chain.Inspection
	asked, known bool
	fresh        []chain.Transfer // to our addresses, not on record as they are shown
	unlisted     []chain.Unlisted // to our addresses
}

// inspect asks the sources that can, the followed one first, until one knows the
// transaction.
func (p *Processor) inspect(ctx context.Context, r *rail, id chain.Hash, f *TxFinding) *sighting {
	s := &sighting{}
	for k := range r.Sources {
		i := (int(r.current.Load()) + k) % len(r.Sources)
		src, ok := r.Sources[i].(chain.Inspector)
		if !ok || ctx.Err() != nil {
			continue
		}
		if rest := r.rest(i, p.now()); rest > 0 {
			f.Err = asText(&busyError{r.Network.ID, rest})
			continue
		}
		seen, err := src.Inspect(ctx, id, everything{})
		switch {
		case err == nil:
			f.Source, f.Err, f.Block = r.Sources[i].Name(), nil, seen.Block
			s.Inspection, s.asked, s.known = seen, true, true
			return s
		case errors.Is(err, chain.ErrNotFound):
			s.asked = true
			f.Source = r.Sources[i].Name()
		default:
			f.Err = asText(fmt.Errorf("payments: ask %s: %w", r.Sources[i].Name(), err))
			if ctx.Err() == nil && sourceFailed(err) {
				r.answered(i, err, p.now())
			}
		}
	}
	return s
}

// keepOurs sorts what was seen by the addresses that were issued.
func (s *sighting) keepOurs(ctx context.Context, tx Tx, rows []Deposit) error {
	var addresses []chain.Address
	for _, t := range s.Found.Transfers {
		addresses = append(addresses, t.To)
	}
	for _, u := range s.Unlisted {
		addresses = append(addresses, u.To)
	}
	issued, err := tx.AddressesByRaw(ctx, addresses)
	if err != nil {
		return err
	}
	ours := make(map[chain.Address]bool, len(issued))
	for _, a := range issued {
		ours[a.Address] = true
	}
	recorded := make(map[string]bool, len(rows)) // and whether in a block
	for _, d := range rows {
		recorded[d.Key.ID] = d.Included()
	}
	s.fresh, s.unlisted = nil, nil
	for _, t := range s.Found.Transfers {
		included, known := recorded[t.ID]
		if (known || ours[t.To]) && !included && !(known && t.Block.IsZero()) {
			s.fresh = append(s.fresh, t)
		}
	}
	for _, u := range s.Unlisted {
		if ours[u.To] {
			s.unlisted = append(s.unlisted, u)
		}
	}
	return nil
}
