package payments

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/rates"
)

// livePrices is a provider that polls its sources and knows how they do:
// *rates.Composite. Run runs it, appends what it finds to the store's series and
// tells what goes wrong with it.
type livePrices interface {
	rates.Provider
	Run(ctx context.Context) error
	Follow(pairs ...rates.Pair)
	Current(pair rates.Pair) (rates.Snapshot, bool)
	Findings() []rates.Finding
	Health() []rates.SourceHealth
}

// recordEvery is the slot of the series: of the live prices of one slot the first
// is kept. A payment's own price is kept in any case.
const recordEvery = 15 * time.Second

// rateWatch is what a processor remembers of its live prices; one pass at a time
// uses it.
type rateWatch struct {
	recorded map[rates.Pair]string // id of the snapshot last looked at
	told     map[rates.Finding]bool
	checked  map[rates.Finding]bool // that an earlier process left nothing open
}

// pairs lists what is priced here: every coin that is accepted, in the currency
// accounts open in.
func (p *Processor) pairs() (out []rates.Pair) {
	for _, r := range p.ordered() {
		for _, a := range r.Assets {
			if pair := (rates.Pair{Coin: a.Coin, Currency: p.cfg.Currency}); !slices.Contains(out, pair) {
				out = append(out, pair)
			}
		}
	}
	return out
}

// ratesPass records live prices and tells what changed with their sources.
func (p *Processor) ratesPass(ctx context.Context) (more bool, err error) {
	live, ok := p.cfg.Rates.(livePrices)
	if !ok || !p.ratesMu.TryLock() {
		return false, nil
	}
	defer p.ratesMu.Unlock()
	if err := p.recordPrices(ctx, live); err != nil {
		return false, err
	}
	return false, p.tellFindings(ctx, live)
}

// recordPrices appends the newest live prices to the series.
func (p *Processor) recordPrices(ctx context.Context, live livePrices) error {
	var fresh []rates.Snapshot
	for _, pair := range p.pairs() {
		if s, ok := live.Current(pair); ok && p.watch.recorded[pair] != s.ID {
			fresh = append(fresh, s)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	err := p.update(ctx, func(tx Tx) error {
		var points []rates.Point
		var kept []rates.Snapshot
		for _, s := range fresh {
			if age := p.now().Sub(s.AsOf); age < 0 || age > roundLag {
				continue
			}
			slot := s.AsOf.Truncate(recordEvery)
			there, err := tx.PointsBetween(ctx, s.Pair, slot, slot.Add(recordEvery-time.Millisecond))
			if err != nil {
				return err
			}
			if slices.ContainsFunc(there, func(x rates.Point) bool { return !x.Candle }) {
				continue
			}
			kept = append(kept, s)
			points = append(points, rates.Point{Pair: s.Pair, AsOf: s.AsOf, Rate: s.Rate, Snapshot: s.ID})
		}
		if _, err := tx.InsertSnapshots(ctx, kept); err != nil {
			return err
		}
		_, err := tx.InsertPoints(ctx, points)
		return err
	})
	if err == nil {
		for _, s := range fresh {
			p.watch.recorded[s.Pair] = s.ID
		}
	}
	return err
}

// tellFindings compares what is wrong with what was told. The store remembers that
// something is wrong, so that a restart tells nothing twice; what ended while no
// process ran is told as over once its source answers, or its pair has a price.
func (p *Processor) tellFindings(ctx context.Context, live livePrices) error {
	active := map[rates.Finding]bool{}
	var began, over []rates.Finding
	for _, f := range live.Findings() {
		active[f] = true
		if !p.watch.told[f] {
			began = append(began, f)
		}
	}
	for f := range p.watch.told {
		if !active[f] {
			over = append(over, f)
		}
	}
	health := live.Health()
	var checked []rates.Finding
	for _, f := range p.sound(live, health) {
		if !active[f] && !p.watch.checked[f] {
			checked = append(checked, f)
		}
	}
	if len(began)+len(over)+len(checked) == 0 {
		return nil
	}
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		for _, f := range began {
			for _, h := range health {
				if f.Kind == rates.FindingSourceDown && h.Name == f.Source {
					f.Cause = h.LastError
				}
			}
			if err := tellFinding(ctx, tx, f, now); err != nil {
				return err
			}
		}
		for _, f := range slices.Concat(over, checked) {
			f.Over = true
			if err := tellFinding(ctx, tx, f, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.watch.told = active
	for _, f := range checked {
		p.watch.checked[f] = true
	}
	signal(p.wakeOutbox)
	return nil
}

// sound lists the findings that there would be if something were wrong with sources
// that answer and pairs that have a price.
func (p *Processor) sound(live livePrices, health []rates.SourceHealth) (out []rates.Finding) {
	for _, h := range health {
		if h.OK && !h.Since.IsZero() {
			out = append(out, rates.Finding{Kind: rates.FindingSourceDown, Source: h.Name})
		}
	}
	for _, pair := range p.pairs() {
		if _, ok := live.Current(pair); !ok {
			continue
		}
		for _, kind := range []rates.FindingKind{rates.FindingNoQuorum, rates.FindingHeld, rates.FindingStale, rates.FindingDepegged} {
			out = append(out, rates.Finding{Kind: kind, Pair: pair})
		}
		for _, h := range health {
			kind := rates.FindingDemoted
			if h.Role == rates.RoleTripwire {
				kind = rates.FindingTripwire
			}
			out = append(out, rates.Finding{Kind: kind, Source: h.Name, Pair: pair})
		}
	}
	return out
}

// tellFinding adds the event of a finding that began, or is over, unless the last
// one about it said so already.
func tellFinding(ctx context.Context, tx Tx, f rates.Finding, now time.Time) error {
	subject := fmt.Sprintf("rates/%s", f.Kind)
	if f.Source != "" {
		subject += "/" + f.Source
	}
	kind := EventKind("rates." + string(f.Kind))
	if f.Pair != (rates.Pair{}) {
		subject += "/" + f.Pair.String()
	}
	if f.Over {
		kind = EventRatesOver
	}
	told, err := tx.EventsOf(ctx, subject)
	if err != nil {
		return err
	}
	open := len(told) > 0 && told[len(told)-1].Kind != EventRatesOver
	if open == !f.Over {
		return nil
	}
	data, err := json.Marshal(map[string]string{"kind": string(f.Kind), "source": f.Source, "pair": pairText(f.Pair), "cause": f.Cause})
	if err != nil {
		return err
	}
	_, err = tx.InsertEvents(ctx, []Event{{ID: eventID(kind, subject, fmt.Sprint(len(told))), Kind: kind,
		Subject: subject, Order: "system", At: now, Data: data}})
	return err
}

func pairText(p rates.Pair) string {
	if p == (rates.Pair{}) {
		return ""
	}
	return p.String()
}
