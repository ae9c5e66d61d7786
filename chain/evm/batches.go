package evm

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"
)

const (
	// batchSize is how many calls one request holds. Hosted nodes cap batches,
	// and the answer to each call here may be a whole block.
	batchSize = 16
	// pipelines is how many requests of one run are under way at a time.
	pipelines = 4
)

// all makes the calls in requests of bounded size, several at a time, and
// smaller ones where the node calls a request too large. It fails if one call
// fails.
func (s *Source) all(ctx context.Context, act string, calls []call) error {
	if len(calls) <= batchSize {
		return s.some(ctx, act, calls)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pipelines)
	for part := range slices.Chunk(calls, batchSize) {
		g.Go(func() error { return s.some(ctx, act, part) })
	}
	return g.Wait()
}

func (s *Source) some(ctx context.Context, act string, calls []call) error {
	if len(calls) == 0 {
		return nil
	}
	err := s.batch(ctx, act, calls)
	for i := 0; err == nil && i < len(calls); i++ {
		err = calls[i].err
	}
	var wide *tooWideError
	if !errors.As(err, &wide) || len(calls) == 1 {
		return s.whole(act, err)
	}
	for i := range calls {
		calls[i].err, calls[i].result = nil, nil
	}
	half := len(calls) / 2
	if err := s.some(ctx, act, calls[:half]); err != nil {
		return err
	}
	return s.some(ctx, act, calls[half:])
}
