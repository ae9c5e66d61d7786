package chainsim

import "fmt"

// MisuseError says that a test asked the simulator for something that makes no
// sense: an amount of another network's coin, a transaction nobody made, a
// reorganisation deeper than the chain. The methods that drive a chain panic
// with a *MisuseError, as a test wants to stop at its own mistake; the methods
// that a program under test calls (sources, faces) never panic.
type MisuseError struct {
	// Act is the method that was called: "Pay".
	Act string
	// Problem says what is wrong and what to give instead.
	Problem string
}

func (e *MisuseError) Error() string { return "chainsim: " + e.Act + ": " + e.Problem }

func misuse(act, format string, args ...any) {
	panic(&MisuseError{Act: act, Problem: fmt.Sprintf(format, args...)})
}
