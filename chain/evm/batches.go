package evm

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

const (
	// batchSize is how many calls one request holds at most. Hosted nodes cap
	// batches (at 1000, 100, 10), and the answer to each call may be a whole block.
	batchSize = 16
	// pipelines is how many requests of one run are under way at a time.
	pipelines = 4
	// codeCut is what go-ethereum answers to the calls of a batch whose answers
	// exceed its limit together.
	codeCut = -32003
)

// all makes the calls and fails if one of them fails.
func (s *Source) all(ctx context.Context, act string, calls []call) error {
	if err := s.each(ctx, act, calls); err != nil {
		return err
	}
	for i := range calls {
		if err := calls[i].err; err != nil {
			return s.whole(act, err)
		}
	}
	return nil
}

// each makes the calls in requests of bounded size, several at a time, and
// smaller ones where the node calls a request too large; that is remembered, and
// requests grow again slowly. What a node refuses of a call alone is in its err.
func (s *Source) each(ctx context.Context, act string, calls []call) error {
	return s.send(ctx, act, calls, true)
}

// few makes calls whose answers are small. A node that does not answer in time,
// or with far too much, is then in trouble and not asked again in halves.
func (s *Source) few(ctx context.Context, act string, calls []call) error {
	return s.send(ctx, act, calls, false)
}

func (s *Source) send(ctx context.Context, act string, calls []call, bulky bool) error {
	if uint64(len(calls)) <= s.requests.next() {
		return s.some(ctx, act, calls, bulky)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pipelines)
	for len(calls) > 0 {
		part := calls[:min(uint64(len(calls)), s.requests.next())]
		calls = calls[len(part):]
		g.Go(func() error { return s.some(ctx, act, part, bulky) })
	}
	return g.Wait()
}

// some makes the calls in one request, and again in halves those that were too
// much for it.
func (s *Source) some(ctx context.Context, act string, calls []call, bulky bool) error {
	if len(calls) == 0 {
		return nil
	}
	var wide *tooWideError
	err := s.batch(ctx, act, calls)
	switch {
	case errors.As(err, &wide) && !bulky && !wide.said:
		return s.whole(act, err)
	case errors.As(err, &wide) && len(calls) == 1:
		calls[0].err = err
		return nil
	case errors.As(err, &wide):
		s.requests.refused(uint64(len(calls)), 0)
		return s.halves(ctx, act, calls, bulky)
	case err != nil:
		return err
	}
	var again []int
	cut := false
	for i := range calls {
		if errors.As(calls[i].err, &wide) {
			again, cut = append(again, i), cut || wide.code == codeCut
		}
	}
	if len(again) == 0 || len(calls) == 1 {
		s.requests.answered(uint64(len(calls)), false)
		return nil
	}
	if cut {
		s.requests.refused(uint64(len(calls)), 0)
	}
	rest := make([]call, len(again))
	for k, i := range again {
		rest[k] = calls[i]
	}
	if len(rest) == len(calls) {
		err = s.halves(ctx, act, rest, bulky)
	} else {
		err = s.some(ctx, act, rest, bulky)
	}
	for k, i := range again {
		calls[i] = rest[k]
	}
	return err
}

func (s *Source) halves(ctx context.Context, act string, calls []call, bulky bool) error {
	half := len(calls) / 2
	if err := s.some(ctx, act, calls[:half], bulky); err != nil {
		return err
	}
	return s.some(ctx, act, calls[half:], bulky)
}
