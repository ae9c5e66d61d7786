package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cointill/cointill/chain"
)

// TxVerdict is the short answer to "where is this payment?".
type TxVerdict string

// The verdicts on a transaction, the most urgent first: of several the first one
// is TxExplanation.Verdict.
const (
	// TxHeld: a deposit waits for an operator; its Hold says why.
	TxHeld TxVerdict = "held"
	// TxUnaccepted: a deposit in an asset that is not accepted on that network. It
	// is recorded and held.
	TxUnaccepted TxVerdict = "asset_not_accepted"
	// TxNotRecorded: a source shows it paying one of our addresses in a block, and no
	// deposit in a block stands for it. Following may be behind; else Rescan records
	// it.
	TxNotRecorded TxVerdict = "not_recorded"
	// TxReversed: credited, then its block was replaced and the credit taken back.
	TxReversed TxVerdict = "reversed"
	// TxOrphaned: its block was replaced before it was credited.
	TxOrphaned TxVerdict = "orphaned"
	// TxConfirming: in a block, not deep enough to be credited.
	TxConfirming TxVerdict = "confirming"
	// TxGathering: in a block and deep enough, and below the minimum: it gathers with
	// others.
	TxGathering TxVerdict = "below_minimum"
	// TxUnmined: it pays us, and no block holds it yet.
	TxUnmined TxVerdict = "unmined"
	// TxCredited: booked to its account.
	TxCredited TxVerdict = "credited"
	// TxReplaced: another transaction spent the same coins.
	TxReplaced TxVerdict = "replaced"
	// TxDropped: the network no longer holds it, unmined.
	TxDropped TxVerdict = "dropped"
	// TxInternal: our own coins moving to one of our addresses.
	TxInternal TxVerdict = "internal"
	// TxOutgoing: it moves coins from one of our addresses and pays none.
	TxOutgoing TxVerdict = "outgoing"
	// TxUnlisted: it pays one of our addresses in a token that is not listed: a
	// worthless imitation, or a token nobody here can take.
	TxUnlisted TxVerdict = "unlisted_token"
	// TxToContract: coins were sent to a token's own contract, which keeps them.
	TxToContract TxVerdict = "sent_to_contract"
	// TxFailed: it is in a block and moved nothing but its fee (EVM).
	TxFailed TxVerdict = "failed"
	// TxNotOurs: it pays others; TxFinding.Recipients says whom.
	TxNotOurs TxVerdict = "not_ours"
	// TxUnknown: nobody who was asked knows it.
	TxUnknown TxVerdict = "unknown"
	// TxUnreadable: the text is no transaction id of any network here.
	TxUnreadable TxVerdict = "unreadable"
)

// urgency orders the verdicts, the most urgent first.
var urgency = []TxVerdict{TxHeld, TxUnaccepted, TxNotRecorded, TxReversed, TxOrphaned, TxConfirming, TxGathering, TxUnmined,
	TxCredited, TxReplaced, TxDropped, TxInternal, TxOutgoing, TxUnlisted, TxToContract, TxFailed, TxNotOurs,
	TxUnknown, TxUnreadable}

// TxExplanation answers support's first question about a transaction.
type TxExplanation struct {
	// Verdict is the most urgent of the findings'.
	Verdict TxVerdict
	// Text says in sentences what was found, on all networks.
	Text string
	// Findings are what each network says that was asked, those that know the
	// transaction first. One id can exist on several EVM networks; each is a
	// payment of its own.
	Findings []TxFinding
}

// TxFinding is what one network, and what is on record of it, say of a transaction.
type TxFinding struct {
	Network string
	Verdict TxVerdict
	Text    string
	// Source is who was asked just now; empty if nobody could be, and the answer is
	// from the record alone. Err says why the last source that was asked did not
	// answer; it marshals as its text.
	Source string
	Err    error
	// Block holds the transaction as the source sees it; zero if none does.
	Block chain.Anchor
	// Deposits are those on record, at most 20; Unrecorded are transfers to our
	// addresses that the source shows and that are not on record so.
	Deposits   []Explanation
	Unrecorded []chain.Transfer
	// ReplacedBy is the transaction on record that spent the coins instead; zero if
	// it is not known.
	ReplacedBy chain.Hash
	// Spends are what left our addresses by it, as booked.
	Spends []Spend
	// Recipients are whom it pays as the source sees it, at most 20, as the network
	// writes them.
	Recipients []string
}

// mostExplained bounds the deposits told of one transaction.
const mostExplained = 20

// ExplainTx says what became of a transaction: it asks a source of the network
// just now, where one is a chain.Inspector, and reads what is on record. Without
// a network (the zero value) all are tried that write ids of this form; an EVM
// transaction is looked for on every EVM network in any case, because one address
// takes payments on all of them. An id nobody knows is a verdict, not an error.
// The answer is for support: it names accounts of every profile.
//
// Errors: ErrUnknownNetwork, ErrJoined inside a transaction, because it asks
// nodes, or the store's. A source that fails is named in its finding.
func (p *Processor) ExplainTx(ctx context.Context, network chain.Network, txid string) (TxExplanation, error) {
	if _, ok := p.rails[network.ID]; network.ID != "" && !ok {
		return TxExplanation{}, fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	if p.joined {
		return TxExplanation{}, ErrJoined
	}
	txid = strings.TrimSpace(txid)
	id, err := chain.ParseHash(txid)
	if err != nil || id.IsZero() { // what no transaction moved is on record under zero
		return TxExplanation{Verdict: TxUnreadable, Text: p.notAnID(txid)}, nil
	}
	x := TxExplanation{Verdict: TxUnreadable}
	for _, r := range p.askedAbout(network, strings.HasPrefix(txid, "0x")) {
		f, err := p.findTx(ctx, r, id)
		if err != nil {
			return TxExplanation{}, err
		}
		x.Findings = append(x.Findings, f)
	}
	known := func(f TxFinding) int { return slices.Index(urgency, f.Verdict) }
	slices.SortStableFunc(x.Findings, func(a, b TxFinding) int { return known(a) - known(b) })
	if len(x.Findings) > 0 {
		x.Verdict = x.Findings[0].Verdict
	}
	x.Text = p.summary(network, x)
	return x, nil
}

// askedAbout returns the rails on which an id can exist: the one given, all of the
// EVM if it or the id's form is of the EVM, or all.
func (p *Processor) askedAbout(network chain.Network, evmForm bool) []*rail {
	var out []*rail
	for _, r := range p.ordered() {
		evm := r.Network.Family == chain.FamilyEVM
		switch {
		case r.Network.ID == network.ID,
			evm && (evmForm || network.Family == chain.FamilyEVM),
			network.ID == "" && !evmForm:
			out = append(out, r)
		}
	}
	return out
}

// findTx asks one network and the record.
func (p *Processor) findTx(ctx context.Context, r *rail, id chain.Hash) (TxFinding, error) {
	f := TxFinding{Network: r.Network.ID, Verdict: TxUnknown}
	seen := p.inspect(ctx, r, id, &f)
	if ctx.Err() != nil {
		return f, ctx.Err()
	}
	var keys []DepositKey
	var tip uint64
	err := p.view(ctx, func(tx Tx) error {
		trail, _, err := tipOf(ctx, tx, r.Network.ID)
		if err != nil {
			return err
		}
		tip = trail.Height
		rows, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, TxIDs: []chain.Hash{id}})
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(d Deposit) bool { return d.State == StateTreasury })
		if f.Spends, err = tx.Spends(ctx, SpendQuery{Network: r.Network.ID, TxIDs: []chain.Hash{id}}); err != nil {
			return err
		}
		keys, f.ReplacedBy = nil, chain.Hash{}
		for _, d := range rows[:min(len(rows), mostExplained)] {
			keys = append(keys, d.Key)
		}
		if f.ReplacedBy, err = replacedBy(ctx, tx, rows); err != nil {
			return err
		}
		return seen.keepOurs(ctx, tx, rows)
	})
	if err != nil {
		return f, err
	}
	for _, key := range keys {
		x, err := p.Explain(ctx, key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return f, err
		}
		f.Deposits = append(f.Deposits, x)
	}
	p.tellTx(r, &f, seen, tip)
	return f, nil
}

// replacedBy finds, among what the same addresses received, the transaction that
// spends the inputs of a replaced deposit.
func replacedBy(ctx context.Context, tx Tx, rows []Deposit) (chain.Hash, error) {
	for _, old := range rows {
		if old.State != StateReplaced {
			continue
		}
		others, err := tx.Deposits(ctx, DepositQuery{Network: old.Key.Network, To: []chain.Address{old.To}, Limit: maxPage})
		if err != nil {
			return chain.Hash{}, err
		}
		for _, d := range others {
			shares := slices.ContainsFunc(d.Inputs, func(in chain.Outpoint) bool { return slices.Contains(old.Inputs, in) })
			if d.TxID != old.TxID && shares && d.State != StateReplaced {
				return d.TxID, nil
			}
		}
	}
	return chain.Hash{}, nil
}
