package utxo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// Head returns the node's best block. Syncing is set while the node says that it
// is in its initial download or knows more than two headers beyond its blocks.
func (s *Source) Head(ctx context.Context) (chain.Head, error) {
	var head chain.Head
	err := s.ask(ctx, "head", func(l *learnt) error {
		t, err := s.tip(ctx, l)
		if err != nil {
			return err
		}
		h, err := s.header(ctx, t.hash)
		if errors.Is(err, chain.ErrNotFound) {
			return fmt.Errorf("%w: the node has lost its best block %s meanwhile", chain.ErrUnavailable, t.hash)
		}
		head = chain.Head{Anchor: h.anchor(t.height), Syncing: t.syncing}
		return err
	})
	if err != nil {
		return chain.Head{}, err
	}
	return head, nil
}

// AnchorAt returns the best chain's block at a height, or chain.ErrNotFound
// above the head.
func (s *Source) AnchorAt(ctx context.Context, height uint64) (chain.Anchor, error) {
	var anchor chain.Anchor
	err := s.ask(ctx, fmt.Sprintf("block at %d", height), func(*learnt) error {
		hash, err := s.hashAt(ctx, height)
		if err != nil {
			return err
		}
		h, err := s.header(ctx, hash)
		if errors.Is(err, chain.ErrNotFound) {
			return fmt.Errorf("%w: the node has lost block %s meanwhile", chain.ErrUnavailable, hash)
		}
		anchor = h.anchor(height)
		return err
	})
	if err != nil {
		return chain.Anchor{}, err
	}
	return anchor, nil
}

// tip is the best block as a node names it.
type tip struct {
	height  uint64
	hash    chain.Hash
	syncing bool
}

// tip asks for the best block: height and hash in one call, so that they belong
// together, or on nodes without that call the height and then its hash.
func (s *Source) tip(ctx context.Context, l *learnt) (tip, error) {
	if !l.noInfo.Load() {
		r, err := s.one(ctx, "getblockchaininfo")
		if err == nil {
			return parseInfo(r.result)
		}
		if !errors.Is(err, errUnsupported) {
			return tip{}, err
		}
		l.noInfo.Store(true)
	}
	r, err := s.node.call(ctx, "getblockcount")
	if err != nil {
		return tip{}, err
	}
	var t tip
	if json.Unmarshal(r.result, &t.height) != nil {
		return tip{}, fmt.Errorf("%w: block count is not a height", chain.ErrMalformed)
	}
	t.hash, err = s.hashAt(ctx, t.height)
	if errors.Is(err, chain.ErrNotFound) {
		return tip{}, fmt.Errorf("%w: the head moved meanwhile", chain.ErrUnavailable)
	}
	return t, err
}

// headersAhead is how many headers a node may know beyond its blocks without
// being behind: a new header is always there a moment before its block.
const headersAhead = 2

// parseInfo reads the answer of getblockchaininfo.
func parseInfo(result []byte) (tip, error) {
	var info struct {
		Blocks  *uint64 `json:"blocks"`
		Headers *int64  `json:"headers"`
		Best    string  `json:"bestblockhash"`
		Initial bool    `json:"initialblockdownload"`
	}
	if err := json.Unmarshal(result, &info); err != nil || info.Blocks == nil {
		return tip{}, fmt.Errorf("%w: chain info without a height", chain.ErrMalformed)
	}
	hash, err := parseHash([]byte(info.Best))
	if err != nil {
		return tip{}, err
	}
	if err := heightKnown(*info.Blocks); err != nil {
		return tip{}, fmt.Errorf("%w: chain info with a height of %d", chain.ErrMalformed, *info.Blocks)
	}
	behind := info.Headers != nil && *info.Headers > int64(*info.Blocks)+headersAhead
	return tip{height: *info.Blocks, hash: hash, syncing: info.Initial || behind}, nil
}

// hashAt returns the hash of the best chain's block at a height.
func (s *Source) hashAt(ctx context.Context, height uint64) (chain.Hash, error) {
	if err := heightKnown(height); err != nil {
		return chain.Hash{}, err
	}
	r, err := s.one(ctx, getBlockHash, height)
	if err != nil {
		return chain.Hash{}, err
	}
	return r.hash()
}

// header fetches a header and checks that it has the hash.
func (s *Source) header(ctx context.Context, hash chain.Hash) (header, error) {
	r, err := s.node.call(ctx, getBlockHeader, hash.String(), false)
	if err != nil {
		return header{}, err
	}
	raw, err := r.bytes()
	if err != nil {
		return header{}, err
	}
	h, err := s.form.header(raw)
	if err == nil && h.hash != hash {
		err = fmt.Errorf("%w: header of %s hashes to %s", chain.ErrMalformed, hash, h.hash)
	}
	return h, err
}

// placed returns the height of a block, and false if the best chain does not
// hold it.
func (s *Source) placed(ctx context.Context, hash chain.Hash) (uint64, bool, error) {
	r, err := s.node.call(ctx, getBlockHeader, hash.String(), true)
	if errors.Is(err, chain.ErrNotFound) {
		return 0, false, fmt.Errorf("%w: the node names block %s and does not have it", chain.ErrUnavailable, hash)
	}
	if err != nil {
		return 0, false, err
	}
	height, err := parseHeight(r.result)
	if err != nil {
		return 0, false, err
	}
	now, err := s.hashAt(ctx, height)
	if errors.Is(err, chain.ErrNotFound) {
		return 0, false, nil // the best chain has become shorter than that
	}
	return height, err == nil && now == hash, err
}

// parseHeight reads the height in a verbose header.
func parseHeight(result []byte) (uint64, error) {
	var v struct {
		Height *uint64 `json:"height"`
	}
	if json.Unmarshal(result, &v) != nil || v.Height == nil || heightKnown(*v.Height) != nil {
		return 0, fmt.Errorf("%w: header without a height", chain.ErrMalformed)
	}
	return *v.Height, nil
}
