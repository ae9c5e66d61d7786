package payments

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cointill/cointill/chain"
)

// tellTx chooses a finding's verdict and says it in sentences.
func (p *Processor) tellTx(r *rail, f *TxFinding, seen *sighting, tip uint64) {
	for _, a := range seen.Recipients {
		f.Recipients = append(f.Recipients, p.addressText(r.Network, a))
	}
	f.Unrecorded = seen.fresh
	var say []string
	verdict := func(v TxVerdict, text string, args ...any) {
		if slices.Index(urgency, v) < slices.Index(urgency, f.Verdict) {
			f.Verdict = v
		}
		say = append(say, fmt.Sprintf(text, args...))
	}
	for _, d := range f.Deposits {
		verdict(depositVerdict(d.Deposit.Deposit), "%s", d.Text)
	}
	if !f.ReplacedBy.IsZero() {
		say = append(say, fmt.Sprintf("The coins went by transaction %s instead.", f.ReplacedBy))
	}
	for _, t := range seen.fresh {
		switch {
		case t.Block.IsZero():
			verdict(TxUnmined, "The node shows it paying %s to one of our addresses; no block holds it yet.", t.Amount)
		case t.Block.Height > tip:
			verdict(TxNotRecorded, "The node shows it paying %s to one of our addresses in block %d; the network was followed to block %d so far, and it is recorded when that block is reached.",
				t.Amount, t.Block.Height, tip)
		default:
			verdict(TxNotRecorded, "The node shows it paying %s to one of our addresses in block %d, which is not on record: rescan that block.", t.Amount, t.Block.Height)
		}
	}
	for _, u := range seen.unlisted {
		verdict(TxUnlisted, "It sends one of our addresses a token of the contract %s, which is not among those known here: an imitation without value, or a token that is not taken. Nothing was credited.",
			p.addressText(r.Network, u.Contract))
	}
	if len(f.Spends) > 0 && len(f.Deposits) == 0 {
		verdict(TxOutgoing, "It moves coins from our own addresses: %s.", leaving(f.Spends))
	}
	if len(say) == 0 {
		p.tellOthers(r, f, seen, verdict)
	}
	if len(f.Deposits) > 0 && seen.asked && !seen.known {
		say = append(say, fmt.Sprintf("The node %s does not know the transaction now.", f.Source))
	}
	if !seen.asked {
		say = append(say, "No node could be asked just now; this is what is on record.")
	}
	f.Text = strings.Join(say, " ")
}

// tellOthers tells of a transaction that brought and took us nothing.
func (p *Processor) tellOthers(r *rail, f *TxFinding, seen *sighting, verdict func(TxVerdict, string, ...any)) {
	where := "no block holds it yet"
	if !seen.Block.IsZero() {
		where = fmt.Sprintf("it is in block %d", seen.Block.Height)
	}
	switch {
	case !seen.asked:
		verdict(TxUnknown, "Nothing is on record.")
	case !seen.known:
		verdict(TxUnknown, "The node %s does not know it.", f.Source)
	case seen.State == chain.TxFailed:
		verdict(TxFailed, "The transaction failed: %s and moved nothing but its fee. The sender still has the coins.", where)
	case !seen.Contract.Contract.IsZero():
		verdict(TxToContract, "It was sent to the contract of the token %s itself, not to one of our addresses (%s). The contract keeps what it is sent; nothing reached us.",
			seen.Contract.Asset.Coin, where)
	case len(f.Recipients) == 0:
		verdict(TxNotOurs, "It pays none of our addresses (%s).", where)
	default:
		verdict(TxNotOurs, "It pays none of our addresses (%s). It pays %s.", where, several(f.Recipients))
	}
}

// depositVerdict is the verdict on one deposit.
func depositVerdict(d Deposit) TxVerdict {
	switch {
	case d.Hold == HoldAsset:
		return TxUnaccepted
	case d.Hold != "":
		return TxHeld
	}
	switch d.State {
	case StateSeen:
		return TxUnmined
	case StateConfirming:
		return TxConfirming
	case StateGathered:
		return TxGathering
	case StateReplaced:
		return TxReplaced
	case StateDropped:
		return TxDropped
	case StateOrphaned:
		return TxOrphaned
	case StateReversed:
		return TxReversed
	case StateInternal:
		return TxInternal
	}
	return TxCredited
}

// summary joins the findings, and says where else the payment may be.
func (p *Processor) summary(asked chain.Network, x TxExplanation) string {
	var say, unknown []string
	for _, f := range x.Findings {
		name := p.rails[f.Network].Network.Name
		if f.Verdict == TxUnknown && (x.Verdict != TxUnknown || f.Source != "") {
			unknown = append(unknown, name)
			continue
		}
		say = append(say, name+": "+f.Text)
	}
	switch {
	case len(x.Findings) == 0:
		return "None of the networks taken here writes transaction ids of this form."
	case x.Verdict == TxUnknown:
		if len(unknown) > 0 {
			say = append(say, fmt.Sprintf("No node of %s knows this transaction. It may not have been sent, may be dropped or replaced, or may be on a network that is not taken here, such as TRON: ask the payer for the network and the id.",
				several(unknown)))
		}
	case asked.ID != "" && x.Findings[0].Network != asked.ID:
		say = append([]string{fmt.Sprintf("It is not on %s but on %s.", p.rails[asked.ID].Network.Name,
			p.rails[x.Findings[0].Network].Network.Name)}, say...)
	}
	return strings.Join(say, " ")
}

// notAnID says what a text is that is no transaction id.
func (p *Processor) notAnID(text string) string {
	if p.cfg.ParseAddress != nil {
		for _, r := range p.ordered() {
			_, err := p.cfg.ParseAddress(r.Network, text)
			if err == nil {
				return "This is an address, not a transaction id. The id has 64 hex digits; the payer's wallet shows it with the payment."
			}
			if reasonOf(err) == "tron_address" {
				return "This is a TRON address. TRON is not taken here, and its transactions are not seen."
			}
		}
	}
	return "This is not a transaction id: those of all networks taken here have 64 hex digits, with 0x in front on Ethereum and BNB Smart Chain. The payer's wallet shows it with the payment."
}

// leaving lists where spends went, each place once.
func leaving(spends []Spend) string {
	var places []string
	for _, s := range spends {
		if text := fmt.Sprintf("%s to %s", s.Amount, s.Place); !slices.Contains(places, text) {
			places = append(places, text)
		}
	}
	return several(places)
}

// several writes a list of up to five, and how many more there are.
func several(list []string) string {
	const most = 5
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}
