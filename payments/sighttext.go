package payments

import "fmt"

// tellSighting says what a source shows of an address beyond the record.
func (p *Processor) tellSighting(x AddressExplanation, s AddressSighting) (say []string) {
	name := p.rails[s.Network].Network.Name
	if s.Source == "" {
		return []string{fmt.Sprintf("No node of %s could be asked just now: of that network this is what is on record.", name)}
	}
	node := fmt.Sprintf("The %s node %s", name, s.Source)
	var mined, ahead, unmined []string
	for _, t := range s.Transfers {
		switch text := fmt.Sprintf("%s in block %d", t.Amount, t.Block.Height); {
		case t.Block.IsZero():
			unmined = append(unmined, t.Amount.String())
		case t.Block.Height > s.tip.Height && !s.Branch:
			ahead = append(ahead, text)
		default:
			mined = append(mined, text)
		}
	}
	recorded := x.Verdict == AddressOurs || x.Verdict == AddressMismatch || x.Verdict == AddressUnassigned
	if len(ahead) > 0 {
		text := fmt.Sprintf("%s shows arriving there %s", node, several(ahead))
		if recorded {
			text += fmt.Sprintf("; the network was followed to block %d so far, and it is recorded when that block is reached", s.tip.Height)
			if s.tip.IsZero() {
				text = fmt.Sprintf("%s shows arriving there %s; the network is not followed yet, and it is recorded when following begins", node, several(ahead))
			}
		}
		say = append(say, text+".")
	}
	if len(mined) > 0 {
		say = append(say, fmt.Sprintf("%s shows arriving there %s, on another branch than the one followed to block %d.", node, several(mined), s.tip.Height))
	}
	if len(unmined) > 0 {
		say = append(say, fmt.Sprintf("%s shows %s on the way there; no block holds it yet.", node, several(unmined)))
	}
	if len(s.Transfers) > 0 && x.Verdict == AddressForeign {
		say = append(say, "If our wallet has reserved the address, it is recorded for nobody and held.")
	}
	if s.Beyond > 0 {
		say = append(say, fmt.Sprintf("%s is %d blocks ahead of what was followed; blocks %d to %d were not looked at.",
			node, s.Head.Height-s.tip.Height, s.From-s.Beyond, s.From-1))
	}
	if s.Unread > 0 {
		say = append(say, fmt.Sprintf("%d of its unmined transactions were not looked at.", s.Unread))
	}
	if s.Holds.Sign() != 0 {
		say = append(say, fmt.Sprintf("It holds %s at block %d.", s.Holds, s.Head.Height))
	}
	switch s.Unexplained.Sign() {
	case 1:
		say = append(say, fmt.Sprintf("That is %s more than is known to have arrived: a contract may have paid it, which not every node shows. The audit of balances records what remains.", s.Unexplained))
	case -1:
		say = append(say, fmt.Sprintf("On %s that is %s less than what is on record: find out what left it, or whether the node is right.", name, s.Unexplained.Neg()))
	}
	if s.Err != nil {
		say = append(say, fmt.Sprintf("%s did not answer everything just now.", node))
	}
	return say
}

// arriving reports whether a source shows anything that is not on record.
func arriving(sightings []AddressSighting) bool {
	for _, s := range sightings {
		if len(s.Transfers) > 0 || s.Unexplained.Sign() > 0 {
			return true
		}
	}
	return false
}

// wholly reports whether every network was asked and answered all.
func wholly(sightings []AddressSighting) bool {
	for _, s := range sightings {
		if s.Source == "" || s.Err != nil || s.Beyond > 0 || s.Unread > 0 {
			return false
		}
	}
	return true
}
