package payments

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// retries bounds how often one Update runs its function again.
const retries = 12

// Retry runs attempt until it returns something other than an error wrapping
// [ErrConflict], at most 13 times, with a jittered pause that grows from 1 ms to
// 250 ms. Adapters build Store.Update on it: they wrap what the database calls a
// conflict, and a commit whose result is unknown, in ErrConflict.
func Retry(ctx context.Context, attempt func() error) error {
	pause := time.Millisecond
	for i := 0; ; i++ {
		err := attempt()
		if err == nil || !errors.Is(err, ErrConflict) || i == retries {
			return err
		}
		t := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-ctx.Done():
			t.Stop()
			return errors.Join(ctx.Err(), err)
		case <-t.C:
		}
		pause = min(2*pause, 250*time.Millisecond)
	}
}
