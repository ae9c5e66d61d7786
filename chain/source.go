package chain

import (
	"context"
	"errors"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Errors of sources.
var (
	// ErrUnavailable says that the node did not answer usefully: the call may be
	// tried again.
	ErrUnavailable = errors.New("chain: source unavailable")
	// ErrNotFound says that the node does not know the block or transaction.
	ErrNotFound = errors.New("chain: not found")
	// ErrWrongNetwork says that the node serves another network. It is for the
	// operator: no retry helps.
	ErrWrongNetwork = errors.New("chain: node is on another network")
	// ErrMalformed says that an answer could not be parsed. The network stops at
	// that block until the node or this library is repaired; nothing is skipped.
	ErrMalformed = errors.New("chain: malformed answer")
	// ErrDeepReorg says that no block of the kept trail stands any more. It is
	// for the operator.
	ErrDeepReorg = errors.New("chain: reorganisation below the kept trail")
)

// Source answers questions about one network's best chain. It pushes nothing
// and remembers nothing that answers depend on. All methods may be called from
// several goroutines. Every error wraps one of this package's errors, and none
// contains a credential.
type Source interface {
	// Network returns the network the source was made for.
	Network() Network
	// Name tells sources of one network apart, in logs and health reports.
	Name() string
	// Head returns the best block. The first call, and the first after a failed
	// one, checks that the node serves the network (ErrWrongNetwork).
	Head(ctx context.Context) (Head, error)
	// AnchorAt returns the best chain's block at a height, or ErrNotFound above
	// the head.
	AnchorAt(ctx context.Context, height uint64) (Anchor, error)
	// Linked fetches the blocks from..to (inclusive), each by its hash, each the
	// parent of the next. It answers an error rather than fewer blocks.
	Linked(ctx context.Context, from, to uint64) (Run, error)
}

// Head is the tip of a network's best chain as one node sees it.
type Head struct {
	Anchor
	// Final is the height the network itself calls final, 0 if it has no such
	// notion.
	Final uint64
	// Syncing says that the node knows it is behind; nothing is credited on its
	// word.
	Syncing bool
}

// Run is a run of fetched, not yet matched blocks.
type Run interface {
	// Anchors returns the run's blocks in ascending order: all of them after
	// Linked, at least the last one after Range.
	Anchors() []Anchor
	// Match returns what the run holds for the watched addresses and outpoints,
	// in chain order. It may ask the node for the transaction receipts of
	// matches. Calling it again gives the same answer.
	Match(ctx context.Context, m Matcher) (Found, error)
}

// Ranger is an optional ability of a Source: runs fetched by number, with only
// the end proved to stand. It is asked only for runs wholly below Head.Final, or
// 256 blocks below the head where the network names no final block.
type Ranger interface {
	Range(ctx context.Context, from, to uint64) (Run, error)
}

// Mempooler is an optional ability of a Source: transactions not yet mined.
type Mempooler interface {
	// Mempool returns the ids of all unmined transactions the node holds.
	Mempool(ctx context.Context) ([]Hash, error)
	// Unmined fetches transactions by id. Those that left the mempool meanwhile
	// are left out.
	Unmined(ctx context.Context, ids []Hash) (Run, error)
}

// HeadWaiter is an optional ability of a Source: Wait returns when the head may
// have changed, or when ctx ends. It only wakes the watcher.
type HeadWaiter interface {
	Wait(ctx context.Context)
}

// Balancer is an optional ability of a Source on a network that keeps balances:
// what the audit of internal transfers asks.
type Balancer interface {
	// Balances returns the native balance of each address, in their order, after
	// the block: by its hash, so that a node which does not have it refuses.
	Balances(ctx context.Context, at Anchor, addresses []Address) ([]money.Amount, error)
}

// Inspector is an optional ability of a Source: one transaction by its id, as the
// node knows it now. It decides nothing; support asks it.
type Inspector interface {
	// Inspect answers ErrNotFound if the node knows no such transaction.
	Inspect(ctx context.Context, id Hash, m Matcher) (Inspection, error)
}

// Noter is an optional ability of a Source: what its operator should know although
// it stops nothing, as sentences. It asks nobody.
type Noter interface{ Notes() []string }

// TxState is where one transaction stands.
type TxState string

// The states of a transaction.
const (
	TxUnmined TxState = "unmined"
	TxMined   TxState = "mined"
	// TxFailed: mined, and it moved nothing but its fee (EVM).
	TxFailed TxState = "failed"
)

// Inspection is what a node says of one transaction.
type Inspection struct {
	State TxState
	// Block holds the transaction; zero while unmined.
	Block Anchor
	// Found is what concerns the matcher.
	Found Found
	// Contract is the listed token whose contract was itself sent coins, a mistake
	// that loses them; its Asset is zero if none was.
	Contract Token
	// Unlisted are transfers to watched addresses by token contracts that the
	// network does not list.
	Unlisted []Unlisted
	// Recipients are the addresses that were sent something, at most 20.
	Recipients []Address
}

// Unlisted is a transfer by a token contract nobody vouches for.
type Unlisted struct {
	Contract, To Address
}

// RetryAfter returns how long the node asked to be left alone, 0 if an error does
// not say.
func RetryAfter(err error) time.Duration {
	var e interface{ RetryAfter() time.Duration }
	if errors.As(err, &e) {
		return max(0, e.RetryAfter())
	}
	return 0
}

// Matcher says whether bytes from a block concern us. Both methods are called
// for every output and input of every block, so they must be fast, must not
// allocate and must not keep the slice. False positives are harmless: the
// caller looks owners up. False negatives are lost money.
type Matcher interface {
	// Address reports whether raw, an output script or a 20-byte EVM address,
	// may be watched.
	Address(raw []byte) bool
	// Outpoint reports whether an outpoint may be watched.
	Outpoint(op Outpoint) bool
}

// Siever is an optional ability of a Matcher: sieves that let all of its members
// pass. A scanner that asks them first calls the matcher for few strangers. They
// are asked for once per run, and stay right as members are added.
type Siever interface {
	Sieves() (addresses, outpoints *Sieve)
}
