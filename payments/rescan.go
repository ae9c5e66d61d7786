package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
)

// How a rescan goes on: blocks a run as in following, tries of one run, and how
// often a long rescan says in the log where it is.
const (
	rescanRunUTXO  = 16
	rescanRunEVM   = 64
	rescanTries    = 4
	rescanLogEvery = 10 * time.Second
)

// RescanReport says how what the network shows in a range of blocks differs from
// what is on record.
type RescanReport struct {
	Network  string
	From, To uint64
	DryRun   bool
	// Done is how many blocks from From on were compared: all, unless the call
	// failed.
	Done uint64
	// Sources answered, each named once.
	Sources []string
	// Internal says that transfers of the native coin made by contracts were looked
	// for in every block. Else recorded ones are in NotShown, and nothing is wrong.
	Internal bool
	// Missing are transfers to our addresses that no deposit in a block stood for.
	// They are recorded now, unless DryRun is set; so are coins of the treasury that
	// were not (StateTreasury), which are nobody's payment and not told here.
	Missing []chain.Transfer
	// NotShown are deposits on record in these blocks that the source does not
	// show: two nodes disagree, or one is broken. They are never taken back by a
	// rescan; find out which node is right. Open items of the audit of balances are
	// not among them: no node shows those.
	NotShown []Deposit
	// MissingSpends left our addresses and were not on record in a block. They are
	// booked now, unless DryRun is set. SpendsNotShown are on record and not shown.
	MissingSpends  []chain.Spend
	SpendsNotShown []Spend
	// Differing are deposits that the source shows with another amount, recipient
	// or block. They are left as they are.
	Differing []Difference
}

// Difference is a deposit on record and the transfer that the source shows in its
// place.
type Difference struct {
	Deposit Deposit
	Shown   chain.Transfer
}

// Rescan fetches the blocks from..to of a network again, matches them with a
// watched set derived anew, and records what is missing exactly as following
// does: it is priced as of its block's time, confirmed, screened and credited. It
// repairs what a faulty node hid; running it twice changes nothing. With dryRun
// it only reports. It may reach below the block where the trail begins, for
// payments made before the first start. It works beside Run, in runs of a commit
// each, and says in the log where it is; the audit names the actor unless dryRun
// is set.
//
// Each run must link to the committed trail: a reorganisation meanwhile makes it
// fetch the run again. The report of what was done until then comes with an
// error: an *InputError for a range that is empty or ends above the trail's tip,
// ErrUnknownNetwork, ErrJoined, one of package chain's if no source shows the
// committed chain, or the store's.
func (p *Processor) Rescan(ctx context.Context, network chain.Network, from, to uint64, dryRun bool, actor Actor) (RescanReport, error) {
	report := RescanReport{Network: network.ID, From: from, To: to, DryRun: dryRun, Internal: true}
	if err := actor.validate(); err != nil {
		return report, err
	}
	r, ok := p.rails[network.ID]
	switch {
	case !ok:
		return report, fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	case p.joined:
		return report, ErrJoined
	}
	if err := p.beginRescan(ctx, report, actor); err != nil {
		return report, err
	}
	size := uint64(rescanRunEVM)
	if r.Network.UTXO() {
		size = rescanRunUTXO
	}
	fresh := newRail(r.Rail) // a watched set of its own
	fresh.coins.past = true
	said := p.now()
	for at := from; at <= to; {
		end := to
		if to-at >= size {
			end = at + size - 1
		}
		if err := p.rescanRun(ctx, r, fresh, at, end, &report); err != nil {
			return report, fmt.Errorf("payments: rescan %s %d..%d: %w", network.ID, at, end, err)
		}
		report.Done = end - from + 1
		if now := p.now(); now.Sub(said) >= rescanLogEvery {
			said = now
			p.cfg.Log.Info("rescanning", "network", network.ID, "at", end, "to", to, "missing", len(report.Missing))
		}
		at = end + 1
	}
	return report, nil
}

// beginRescan checks the range and writes down who asked, before anything is
// changed.
func (p *Processor) beginRescan(ctx context.Context, report RescanReport, actor Actor) error {
	var tip chain.Anchor
	var started bool
	err := p.view(ctx, func(tx Tx) (err error) {
		tip, started, err = tipOf(ctx, tx, report.Network)
		return err
	})
	switch {
	case err != nil:
		return err
	case report.From > report.To:
		return &InputError{Field: "from", Reason: fmt.Sprintf("is %d, above to, %d", report.From, report.To)}
	case !started:
		return &InputError{Field: "to", Reason: "the network has no committed blocks yet: let Run or Advance begin"}
	case report.To > tip.Height:
		return &InputError{Field: "to", Reason: fmt.Sprintf(
			"is %d, above the last committed block, %d: Run finds what comes later", report.To, tip.Height)}
	case report.DryRun:
		return nil
	}
	data, err := json.Marshal(map[string]uint64{"from": report.From, "to": report.To})
	if err != nil {
		return err
	}
	return p.update(ctx, func(tx Tx) error {
		row := auditRow(networkSubject(report.Network), "rescan", actor, p.now(), string(data))
		row.Data = data
		_, err := tx.InsertAudit(ctx, []AuditRow{row})
		return err
	})
}

// rescanRun compares one run and records what is missing. It asks one source
// after the other until one shows the committed chain.
func (p *Processor) rescanRun(ctx context.Context, r, fresh *rail, from, to uint64, report *RescanReport) error {
	var failed error
	backoff := firstBackoff
	for try := range rescanTries * len(r.Sources) {
		if try > 0 && try%len(r.Sources) == 0 { // all were asked
			pause(ctx, max(backoff, min(r.soonest(p.now()), longestBackoff)), nil)
			backoff *= 2
		}
		i := (int(r.current.Load()) + try) % len(r.Sources)
		if rest := r.rest(i, p.now()); rest > 0 {
			failed = errors.Join(failed, &busyError{r.Network.ID, rest})
			continue
		}
		src := r.Sources[i]
		err := p.rescanFrom(ctx, r, fresh, src, from, to, report)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil || sourceFailed(err) {
			r.answered(i, err, p.now())
		}
		switch {
		case err == nil:
			if !slices.Contains(report.Sources, src.Name()) {
				report.Sources = append(report.Sources, src.Name())
			}
			return nil
		case !sourceFailed(err) && !errors.Is(err, chain.ErrTrailMoved):
			return err
		}
		failed = fmt.Errorf("%s: %w", src.Name(), err)
	}
	return failed
}

// rescanFrom compares one run as one source shows it.
func (p *Processor) rescanFrom(ctx context.Context, r, fresh *rail, src chain.Source, from, to uint64, report *RescanReport) error {
	run, err := src.Linked(ctx, from, to)
	if err != nil {
		return err
	}
	if n := uint64(len(run.Anchors())); n != to-from+1 {
		return fmt.Errorf("%w: run of %d blocks, want %d", chain.ErrMalformed, n, to-from+1)
	}
	found, err := p.match(ctx, fresh, chain.Step{Run: run})
	if err != nil {
		return err
	}
	for {
		var tip, above chain.Anchor
		var diff RescanReport
		var kept []chain.Transfer
		err := p.view(ctx, func(tx Tx) (err error) {
			if tip, above, err = trailAround(ctx, tx, r.Network.ID, run.Anchors()); err != nil {
				return err
			}
			if diff, kept, err = compareRun(ctx, tx, fresh, found, from, to); err != nil {
				return err
			}
			return compareSpends(ctx, tx, fresh, found, from, to, &diff)
		})
		if err != nil {
			return err
		}
		if now, err := src.AnchorAt(ctx, above.Height); err != nil || now.Hash != above.Hash {
			return errors.Join(err, fmt.Errorf("%w: block %s is committed, the source does not show it", chain.ErrUnavailable, above))
		}
		if !report.DryRun && (len(diff.Missing)+len(kept) > 0 || len(found.Spends) > 0) {
			// All spends: also of strangers, which replace deposits that wait.
			missing := chain.Found{Transfers: slices.Concat(diff.Missing, kept), Spends: found.Spends, Internal: found.Internal}
			step := chain.Step{Run: run, Head: chain.Head{Anchor: tip},
				Move: chain.TrailMove{Network: r.Network.ID, From: tip, Keep: tip.Height}}
			err := p.commitStep(ctx, r, fresh, step, missing)
			if errors.Is(err, chain.ErrTrailMoved) && ctx.Err() == nil {
				continue // the tip moved on: does the run still stand?
			}
			if err != nil {
				return err
			}
			p.watchers.notify(r.Network.ID)
			p.wakeUp()
		}
		report.Internal = report.Internal && (found.Internal || r.Network.UTXO())
		report.Missing = append(report.Missing, diff.Missing...)
		report.NotShown = append(report.NotShown, diff.NotShown...)
		report.Differing = append(report.Differing, diff.Differing...)
		report.MissingSpends = append(report.MissingSpends, diff.MissingSpends...)
		report.SpendsNotShown = append(report.SpendsNotShown, diff.SpendsNotShown...)
		return nil
	}
}
