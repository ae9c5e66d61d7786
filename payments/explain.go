package payments

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cointill/cointill/rates"
)

// Explanation answers support's first question about a deposit.
type Explanation struct {
	Deposit DepositView
	// Text says in sentences what happened and what happens next.
	Text string
	// Price is the evidence of the rate; its ID is empty while there is none.
	Price rates.Snapshot
	// Events are the changes in their order, Audit what operators did.
	Events []Event
	Audit  []AuditRow
}

// Explain tells a deposit's story: what arrived, when it counted as received and
// why, at which price from whom, how deep it is, why it waits.
func (p *Processor) Explain(ctx context.Context, key DepositKey) (Explanation, error) {
	view, err := p.Deposit(ctx, key)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{Deposit: view}
	err = p.view(ctx, func(tx Tx) error {
		if view.Snapshot != "" {
			found, err := tx.SnapshotsByID(ctx, []string{view.Snapshot})
			if err != nil {
				return err
			}
			if len(found) == 1 {
				x.Price = found[0]
			}
		}
		if x.Events, err = tx.EventsOf(ctx, key.String()); err != nil {
			return err
		}
		x.Audit, err = tx.AuditOf(ctx, key.String())
		return err
	})
	x.Text = strings.Join(tell(view, x.Price), " ")
	if err == nil && view.State == StateGathered && view.Hold == "" {
		var together string
		together, err = p.tellGathering(ctx, view)
		x.Text += " " + together
	}
	return x, err
}

// clockText is how explanations write instants, which are in UTC.
const clockText = "2006-01-02 15:04:05 UTC"

func tell(d DepositView, price rates.Snapshot) []string {
	owner := "no account"
	if !d.Owner.IsZero() {
		owner = "account " + d.Owner.Account.String()
	}
	out := []string{fmt.Sprintf("%s arrived for %s in transaction %s.", d.Amount, owner, d.TxID)}
	if !d.ReceivedAt.IsZero() {
		out = append(out, fmt.Sprintf("It counts as received at %s (%s).", d.ReceivedAt.Format(clockText), whyReceived(d.Basis)))
	}
	if d.Valued() {
		out = append(out, fmt.Sprintf("The rate then was %s %s, by %s as of %s from %s: %s.", d.Rate, d.Currency,
			price.Method, price.AsOf.Format(clockText), venues(price), d.Value))
		out = append(out, tellPrice(price)...)
	} else if !d.ReceivedAt.IsZero() && !d.Owner.IsZero() && d.Hold != HoldAsset {
		out = append(out, "No price for that instant could be had yet; it is tried again until one can.")
		if d.Hold == HoldDepegged && price.ID != "" {
			out = append(out, fmt.Sprintf("The market then was %s %s.", price.Rate, price.Pair.Currency))
			out = append(out, tellPrice(price)...)
		}
	}
	return append(out, standing(d))
}

// tellGathering says what a deposit below the minimum waits for.
func (p *Processor) tellGathering(ctx context.Context, d DepositView) (string, error) {
	list, err := p.Gathering(ctx, d.Owner.Account)
	for _, g := range list {
		if g.Asset == d.Amount.Asset() {
			return fmt.Sprintf("It is below the minimum of %s %s and gathers with %d others, %s together; all are credited when they reach it.",
				g.Minimum, d.Currency, g.Count-1, g.Value), err
		}
	}
	return "", err
}

func standing(d DepositView) string {
	if d.Hold != "" {
		return fmt.Sprintf("It is held: %s.", whyHeld(d.Hold))
	}
	switch d.State {
	case StateSeen:
		return "No block holds it yet."
	case StateConfirming:
		return strings.Join(append([]string{fmt.Sprintf("It has %d of %d confirmations.", d.Confirmations, d.Required)}, d.Waits...), " ")
	case StateGathered:
		return "It is too small to be credited by itself."
	case StateCredited:
		return fmt.Sprintf("It was credited with %s at %s.", d.Credited, d.CreditedAt.Format(time.RFC3339))
	case StateFinal:
		return fmt.Sprintf("It was credited with %s at %s and is final.", d.Credited, d.CreditedAt.Format(time.RFC3339))
	case StateReplaced:
		return "Another transaction spent the same coins: it will not be mined unless the chain changes."
	case StateDropped:
		return "The network no longer holds it; the sender may send it again."
	case StateOrphaned:
		return "Its block was replaced by the network; it is credited if it is mined again."
	case StateInternal:
		return "It is the host's own coins moving; nobody is credited."
	case StateTreasury:
		return "It is a coin of the host's own, kept to know its spending by; nobody is credited."
	case StateReversed:
		return "Its block was replaced by the network after the credit, which was taken back; it is credited again, at the same rate, if it is mined again."
	}
	return fmt.Sprintf("It is %s.", d.State)
}

// whyReceived says why a deposit counts as received when it does.
func whyReceived(b Basis) string {
	switch b {
	case BasisInclusion:
		return "late inclusion: it waited unmined for longer than first sight holds"
	case BasisOverLimit:
		return "when it was mined: more of the profile was unmined than first sight holds for"
	}
	return strings.ReplaceAll(string(b), "_", " ")
}

// whyHeld says what a hold is and who must act.
func whyHeld(h HoldReason) string {
	switch h {
	case HoldHost:
		return "the host's own bookkeeping refused it; release it when that is repaired"
	case HoldScreening:
		return "screening asks for a decision; release it to have it credited"
	case HoldRejected:
		return "screening rejected it; release it only with good reason"
	case HoldAsset:
		return "this asset is not accepted on this network; the coins are here and nobody was credited"
	case HoldUnassigned:
		return "its address was never given to anybody"
	case HoldOrigin:
		return "nobody sent it; the network paid it out"
	case HoldDepegged:
		return "the coin was off its peg when it was received; it is priced by itself if the venues' prices of that minute allow it, or by an operator's SetRate"
	case HoldCap:
		return "more of the asset would be credited that day than its cap allows; release it when that is in order"
	case HoldUnexplained:
		return "a balance grew and no transfer was found that explains it"
	}
	return strings.ReplaceAll(string(h), "_", " ")
}
