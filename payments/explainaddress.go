package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// AddressVerdict is the short answer to "whose address is this?".
type AddressVerdict string

// The verdicts on an address.
const (
	// AddressOurs: given to an account, and derived again just now.
	AddressOurs AddressVerdict = "ours"
	// AddressMismatch: on record as given to an account, but its key derives
	// another: do not show it to anybody, and compare the store with its backup.
	AddressMismatch AddressVerdict = "mismatch"
	// AddressUnassigned: of our wallet, paid, and never given to anybody.
	AddressUnassigned AddressVerdict = "unassigned"
	// AddressTreasury: registered as the host's own.
	AddressTreasury AddressVerdict = "treasury"
	// AddressForeign: an address of a network taken here, and not ours.
	AddressForeign AddressVerdict = "foreign"
	// AddressRefused: no address of any network taken here; Reason says why.
	AddressRefused AddressVerdict = "refused"
)

// AddressExplanation answers support's first question about an address.
type AddressExplanation struct {
	Verdict AddressVerdict
	// Text says it in sentences.
	Text string
	// Networks are those on which the text is an address. On all of them that are
	// taken here, what arrives at an address of ours is recorded.
	Networks []string
	// Owner and IssuedAt are set for an address that was given out, Treasury for
	// one of the host's own.
	Owner    Owner
	IssuedAt time.Time
	Treasury string
	// Balance is what the owner's account holds now.
	Balance money.Amount
	// Deposits are what arrived there, at most 1,000 in ascending order of key, and
	// Arrived the sum of those in a block, for each asset.
	Deposits []DepositView
	Arrived  []money.Amount
	// Sightings are what a node of each of the networks shows just now, in their
	// order.
	Sightings []AddressSighting
	// Reason is the stable code of a refusal (address.Code), such as "tron_address";
	// empty if the text is an address.
	Reason string
}

// ExplainAddress says whose an address is, since when and on which networks it is
// watched, and what arrived there; of a text that is no address of the networks
// taken here it says what it is. An issued address is derived again and compared.
// It reads the record, and asks a source of each network for what the record does
// not hold yet: an [AddressSighting]. What nobody knows is a verdict, not an error,
// and a source that fails is named in its sighting. The answer is for support: it
// names accounts of every profile.
//
// Errors: a *ConfigError without Config.ParseAddress, ErrJoined inside a
// transaction, because it asks nodes, or the store's.
func (p *Processor) ExplainAddress(ctx context.Context, text string) (AddressExplanation, error) {
	switch {
	case p.cfg.ParseAddress == nil:
		return AddressExplanation{}, &ConfigError{Field: "ParseAddress", Reason: "is needed to read addresses: set it to address.Parse of package chain/address"}
	case p.joined:
		return AddressExplanation{}, ErrJoined
	}
	text = strings.TrimSpace(text)
	var candidates []candidate
	var refusal error
	for _, r := range p.ordered() {
		a, err := p.cfg.ParseAddress(r.Network, text)
		if err != nil {
			refusal = clearer(refusal, err)
			continue
		}
		candidates = append(candidates, candidate{r, a})
	}
	if len(candidates) == 0 {
		return AddressExplanation{Verdict: AddressRefused, Reason: reasonOf(refusal),
			Text: fmt.Sprintf("This is no address of a network taken here: %s.", strings.TrimPrefix(refusal.Error(), "address: "))}, nil
	}
	read := func(sightings []AddressSighting) (x AddressExplanation, err error) {
		err = p.view(ctx, func(tx Tx) error {
			x = AddressExplanation{Sightings: sightings}
			return p.readAddress(ctx, tx, candidates, &x)
		})
		return x, err
	}
	x, err := read(nil)
	if err != nil {
		return AddressExplanation{}, err
	}
	var sightings []AddressSighting
	for _, c := range candidates {
		if !slices.Contains(x.Networks, c.rail.Network.ID) {
			continue
		}
		s, err := p.sight(ctx, c.rail, c.address, !x.Owner.IsZero())
		if err != nil {
			return AddressExplanation{}, err
		}
		sightings = append(sightings, s)
	}
	// What was recorded meanwhile is no longer news.
	if x, err = read(sightings); err != nil {
		return AddressExplanation{}, err
	}
	x.Text = strings.Join(p.tellAddress(x), " ")
	return x, nil
}

// candidate is what a text means on a network.
type candidate struct {
	rail    *rail
	address chain.Address
}

// readAddress reads what is on record of the addresses a text may mean, and
// compares what sources show with it.
func (p *Processor) readAddress(ctx context.Context, tx Tx, asked []candidate, x *AddressExplanation) error {
	var candidates []chain.Address
	for _, c := range asked {
		x.Networks = append(x.Networks, c.rail.Network.ID)
		if !slices.Contains(candidates, c.address) {
			candidates = append(candidates, c.address)
		}
	}
	if err := p.readOwner(ctx, tx, candidates, x); err != nil {
		return err
	}
	ours := x.Verdict == AddressOurs || x.Verdict == AddressUnassigned
	for i := range x.Sightings {
		s := &x.Sightings[i]
		at := slices.IndexFunc(asked, func(c candidate) bool { return c.rail.Network.ID == s.Network })
		if err := s.compare(ctx, tx, p, asked[at].address, ours); err != nil {
			return err
		}
	}
	return nil
}

// readOwner reads whose the addresses are and what arrived there.
func (p *Processor) readOwner(ctx context.Context, tx Tx, candidates []chain.Address, x *AddressExplanation) error {
	x.Verdict = AddressForeign
	issued, err := tx.AddressesByRaw(ctx, candidates)
	if err != nil {
		return err
	}
	if len(issued) > 0 {
		row := issued[0]
		x.Verdict, x.Owner, x.IssuedAt = AddressOurs, row.Owner, row.IssuedAt
		x.Networks = p.networksOf(row.Address.Family)
		if _, err := p.rederive(row, row.Address.Family); err != nil {
			x.Verdict = AddressMismatch
		}
		if x.Balance, err = balanceOf(ctx, tx, row.Owner.Account); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	rows, err := tx.Deposits(ctx, DepositQuery{To: candidates, Limit: maxPage})
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(d Deposit) bool { return d.State == StateTreasury })
	if x.Deposits, err = p.look(ctx, tx, rows); err != nil {
		return err
	}
	if x.Arrived, err = arrived(rows); err != nil {
		return err
	}
	if x.Verdict != AddressForeign {
		return nil
	}
	for _, r := range p.ordered() {
		for _, t := range r.Treasury {
			if slices.Contains(candidates, t.Address) {
				x.Verdict, x.Treasury = AddressTreasury, t.Name
				return nil
			}
		}
	}
	if len(rows) > 0 {
		x.Verdict = AddressUnassigned
		x.Networks = p.networksOf(rows[0].To.Family)
	}
	return nil
}

// networksOf returns the networks taken here whose addresses are of a family.
func (p *Processor) networksOf(family chain.Family) (ids []string) {
	for _, r := range p.ordered() {
		if r.Network.Family == family {
			ids = append(ids, r.Network.ID)
		}
	}
	return ids
}

// arrived sums what is in a block, asset by asset in the order met.
func arrived(rows []Deposit) (sums []money.Amount, err error) {
	for _, d := range rows {
		if !d.Included() {
			continue
		}
		i := slices.IndexFunc(sums, func(s money.Amount) bool { return s.Asset() == d.Amount.Asset() })
		if i < 0 {
			sums = append(sums, d.Amount)
			continue
		}
		if sums[i], err = sums[i].Add(d.Amount); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

func (p *Processor) tellAddress(x AddressExplanation) []string {
	var names []string
	for _, id := range x.Networks {
		names = append(names, p.rails[id].Network.Name)
	}
	on := several(names)
	var say []string
	switch x.Verdict {
	case AddressForeign:
		say = append(say, fmt.Sprintf("This is an address on %s, and not one of ours: what was paid to it did not reach us.", on))
	case AddressTreasury:
		say = append(say, fmt.Sprintf("This is the host's own address %q on %s.", x.Treasury, on))
	case AddressUnassigned:
		say = append(say, fmt.Sprintf("This address is of our wallet and was paid, but was never given to an account. It is watched on %s.", on))
	default:
		say = append(say, fmt.Sprintf("This address belongs to account %s since %s and is watched on %s.",
			x.Owner.Account, x.IssuedAt.UTC().Format(clockText), on))
	}
	if x.Verdict == AddressMismatch {
		say = append(say, "WARNING: the wallet's key does not derive it. Show it to nobody, stop payments to it and compare the store with its backup.")
	}
	switch {
	case len(x.Deposits) > 0, x.Verdict == AddressForeign:
	case !arriving(x.Sightings) && wholly(x.Sightings):
		say = append(say, "Nothing has arrived there.")
	default:
		say = append(say, "Nothing is on record there.")
	}
	if n := len(x.Deposits); n > 0 {
		var sums []string
		for _, s := range x.Arrived {
			sums = append(sums, s.String())
		}
		text := fmt.Sprintf("%d payments to it are on record", n)
		if n == 1 {
			text = "One payment to it is on record"
		} else if n == maxPage {
			text = fmt.Sprintf("The first %d payments to it that are on record", n)
		}
		if len(sums) > 0 {
			text += ", in blocks in all " + several(sums)
		}
		say = append(say, text+": "+standings(x.Deposits)+".")
	}
	for _, s := range x.Sightings {
		say = append(say, p.tellSighting(x, s)...)
	}
	if !x.Owner.IsZero() {
		say = append(say, fmt.Sprintf("The account's balance is %s.", x.Balance))
	}
	return say
}

// standings counts deposits by what became of them.
func standings(rows []DepositView) string {
	counts := map[TxVerdict]int{}
	for _, d := range rows {
		counts[depositVerdict(d.Deposit)]++
	}
	var out []string
	for _, v := range urgency {
		if counts[v] > 0 {
			out = append(out, fmt.Sprintf("%d %s", counts[v], strings.ReplaceAll(string(v), "_", " ")))
		}
	}
	return strings.Join(out, ", ")
}
