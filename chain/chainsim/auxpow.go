package chainsim

import (
	"encoding/binary"
	"time"

	"github.com/cointill/cointill/chain"
)

// Versions of headers: BIP 9's, and Dogecoin's, which has the chain id 0x62 in
// its upper half. A bit says that a proof of merged mining follows.
const (
	headerVersion = 0x20000000
	dogeVersion   = 0x00620004
	auxPoWBit     = 0x100
)

func (u *UTXO) headerVersion() uint32 {
	switch {
	case u.network.Family != chain.FamilyDogecoin:
		return headerVersion
	case u.opts.MergeMined:
		return dogeVersion | auxPoWBit
	}
	return dogeVersion
}

// auxPoW returns the proof that stands behind a merge-mined header (auxpow.h of
// Dogecoin Core): a parent chain's coinbase that names the block, the parent
// block's hash, the coinbase's branch and the chain's, each with an index, and
// the parent's header.
func auxPoW(block chain.Hash, at time.Time) []byte {
	script := append([]byte("\x03\x01\x02\x03\xfa\xbe\x6d\x6d"), block[:]...)
	script = append(script, 1, 0, 0, 0, 0, 0, 0, 0) // one chain, nonce 0
	coinbase := &wireTx{version: 1,
		ins:  []wireIn{{prev: chain.Outpoint{Vout: coinbaseVout}, script: script, sequence: 0xffffffff}},
		outs: []wireOut{{value: 25 * coin, script: "\x51"}},
	}
	sibling := digest("parent", block.String(), 0)
	root := merkleRoot([][32]byte{doubleSHA(coinbase.bytes(false)), sibling})
	header := wireHeader(2, digest("parent", block.String(), 1), root, at)
	parent := doubleSHA(header)
	out := append(coinbase.bytes(false), parent[:]...)
	out = append(append(appendCompact(out, 1), sibling[:]...), 0, 0, 0, 0)
	out = append(appendCompact(out, 0), 0, 0, 0, 0)
	return append(out, header...)
}

// versionOf reads the version of an 80-byte header.
func versionOf(header []byte) uint32 { return binary.LittleEndian.Uint32(header) }
