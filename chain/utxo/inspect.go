package utxo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
)

// maxRecipients bounds the recipients an inspection lists.
const maxRecipients = 20

// Inspect looks one transaction up. It is mined if the best chain holds its
// block; the block is then fetched and proved, so that the node cannot claim it.
// A transaction whose only block is stale is unmined. Found and Recipients are
// read from the transaction's bytes.
//
// chain.ErrNotFound also stands for what a node without a transaction index
// cannot see: all that is mined, on every node but one started with -txindex.
// The error says so. On Litecoin the id that a payer inside the MWEB sees is
// known only until it is mined.
func (s *Source) Inspect(ctx context.Context, id chain.Hash, m chain.Matcher) (chain.Inspection, error) {
	var out chain.Inspection
	err := s.ask(ctx, "transaction "+id.String(), func(l *learnt) error {
		raw, block, err := s.transaction(ctx, id)
		if err != nil {
			return err
		}
		if !block.IsZero() {
			height, stands, err := s.placed(ctx, block)
			if err != nil {
				return err
			}
			if stands {
				out, err = s.inspectMined(ctx, l, id, chain.Anchor{Height: height, Hash: block}, m)
				return err
			}
		}
		out, err = s.inspection(raw, alone, chain.Anchor{}, m)
		return err
	})
	if err != nil {
		return chain.Inspection{}, err
	}
	return out, nil
}

// transaction asks for a transaction's bytes and for the block that holds it,
// zero if none does. A number for the verbosity and no third parameter is what
// every dialect understands.
func (s *Source) transaction(ctx context.Context, id chain.Hash) ([]byte, chain.Hash, error) {
	r, err := s.one(ctx, getTx, id.String(), 1)
	switch {
	case errors.Is(err, errNoIndex):
		return nil, chain.Hash{}, fmt.Errorf("%w: the node keeps no transaction index and knows unmined ones only: "+
			"start it with -txindex=1 to look mined ones up", err)
	case errors.Is(err, errIndexing):
		return nil, chain.Hash{}, fmt.Errorf("%w: %s", chain.ErrUnavailable, errIndexing)
	case err != nil:
		return nil, chain.Hash{}, err
	}
	raw, block, err := parseTransaction(r.result)
	if err == nil {
		err = s.proveTx(raw, id)
	}
	return raw, block, err
}

// parseTransaction reads a verbose transaction: its bytes and its block's hash.
func parseTransaction(result []byte) ([]byte, chain.Hash, error) {
	var v struct {
		Hex   json.RawMessage `json:"hex"`
		Block string          `json:"blockhash"`
	}
	if json.Unmarshal(result, &v) != nil {
		return nil, chain.Hash{}, fmt.Errorf("%w: transaction that is not an object with hex and blockhash", chain.ErrMalformed)
	}
	raw, err := reply{result: v.Hex}.bytes()
	if err != nil || v.Block == "" {
		return raw, chain.Hash{}, err
	}
	block, err := parseHash([]byte(v.Block))
	return raw, block, err
}

// inspectMined fetches the block and reads the transaction where it stands.
func (s *Source) inspectMined(ctx context.Context, l *learnt, id chain.Hash, at chain.Anchor, m chain.Matcher) (chain.Inspection, error) {
	r, err := s.blocks(ctx, l, at.Height, []chain.Hash{at.Hash})
	if errors.Is(err, chain.ErrNotFound) {
		return chain.Inspection{}, fmt.Errorf("%w: the node has lost block %s meanwhile", chain.ErrUnavailable, at)
	}
	if err != nil {
		return chain.Inspection{}, err
	}
	p := picker{want: id}
	if err := walk(s.form, r.blocks[0].raw, &p); err != nil {
		return chain.Inspection{}, err
	}
	if p.whole == nil {
		return chain.Inspection{}, fmt.Errorf("%w: block %s does not hold transaction %s", chain.ErrMalformed, at, id)
	}
	return s.inspection(p.whole, p.place, r.blocks[0].anchor, m)
}

// inspection reads what is to be said of a transaction's bytes.
func (s *Source) inspection(raw []byte, where place, block chain.Anchor, m chain.Matcher) (chain.Inspection, error) {
	f := finder{matcher: m, network: s.network, block: block}
	to := recipients{network: s.network}
	for _, v := range []visitor{&f, &to} {
		if _, err := walkTx(s.form, raw, where, v); err != nil {
			return chain.Inspection{}, err
		}
	}
	state := chain.TxMined
	if block.IsZero() {
		state = chain.TxUnmined
	}
	return chain.Inspection{State: state, Block: block, Found: f.found, Recipients: to.list}, nil
}

// picker is a visitor that takes one transaction out of a block.
type picker struct {
	nobody
	hasher
	want  chain.Hash
	whole []byte
	place place
}

func (p *picker) end(t tx) {
	if printed(p.id(t)) == p.want {
		p.whole, p.place = t.whole, t.place
	}
}

// recipients is a visitor that lists who is paid, each once.
type recipients struct {
	nobody
	network chain.Network
	list    []chain.Address
}

func (*recipients) wants() (outpoints, scripts *chain.Sieve, every bool) {
	return nothing, everything, false
}

func (r *recipients) output(_ uint32, value int64, script []byte) {
	if value == 0 || len(r.list) == maxRecipients || r.network.Family == chain.FamilyLitecoin && mwebScript(script) {
		return
	}
	to := chain.Address{Family: r.network.Family, Raw: string(script)}
	if to.Raw != "" && !slices.Contains(r.list, to) {
		r.list = append(r.list, to)
	}
}
