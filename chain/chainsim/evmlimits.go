package chainsim

import (
	"fmt"
	"sync"
)

// Provider says in whose words eth_getLogs refuses.
type Provider string

// The providers. Codes and texts are such as their users reported; what limits the
// number of results differs by the node behind a provider.
const (
	// ProviderNode: a node of one's own, as bnb-chain's.
	ProviderNode      Provider = ""
	ProviderAlchemy   Provider = "alchemy"
	ProviderInfura    Provider = "infura"
	ProviderQuickNode Provider = "quicknode"
	ProviderAnkr      Provider = "ankr"
)

// logLimits are the limits of eth_getLogs.
type logLimits struct {
	mu       sync.Mutex
	provider Provider
	width    uint64
	results  int
	noFinal  bool
	noLogs   bool
}

// SpeakAs sets in whose words eth_getLogs refuses.
func (g *EVMFace) SpeakAs(p Provider) {
	g.limits.mu.Lock()
	defer g.limits.mu.Unlock()
	g.limits.provider = p
}

// LimitRange makes eth_getLogs refuse ranges of more than so many blocks; zero
// ends it.
func (g *EVMFace) LimitRange(blocks uint64) {
	g.limits.mu.Lock()
	defer g.limits.mu.Unlock()
	g.limits.width = blocks
}

// LimitResults makes eth_getLogs refuse to answer more than so many logs, even of
// one block; zero ends it.
func (g *EVMFace) LimitResults(logs int) {
	g.limits.mu.Lock()
	defer g.limits.mu.Unlock()
	g.limits.results = logs
}

// HideFinal makes the node refuse the tags safe and finalized, as some providers
// do, or know them again.
func (g *EVMFace) HideFinal(on bool) {
	g.limits.mu.Lock()
	defer g.limits.mu.Unlock()
	g.limits.noFinal = on
}

// HideLogs makes eth_getLogs find nothing, as on a node whose index lags, while
// blocks, their Bloom filters and receipts tell the truth.
func (g *EVMFace) HideLogs(on bool) {
	g.limits.mu.Lock()
	defer g.limits.mu.Unlock()
	g.limits.noLogs = on
}

func (l *logLimits) hidesLogs() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.noLogs
}

func (l *logLimits) hidesFinal() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.noFinal
}

func (l *logLimits) refuseRange(from, to uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.width == 0 || to-from < l.width {
		return nil
	}
	switch l.provider {
	case ProviderAlchemy:
		return refusal(-32600, "Under the Free tier plan, you can make eth_getLogs requests with up to a %d block range. Based on your parameters, this block range should work: [0x%x, 0x%x].", l.width, from, from+l.width-1)
	case ProviderInfura:
		return refusal(-32602, "range %d exceeds limit of %d", to-from+1, l.width)
	case ProviderQuickNode:
		return refusal(-32614, "eth_getLogs is limited to a %d range", l.width)
	case ProviderAnkr:
		return refusal(-32062, "Block range is too large")
	}
	return refusal(codeServer, "exceed maximum block range: %d", l.width)
}

func (l *logLimits) refuseResults(n int, blocks []*block) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.results == 0 || n <= l.results {
		return nil
	}
	first, last := blocks[0].Height, blocks[len(blocks)-1].Height
	switch l.provider {
	case ProviderAlchemy:
		return refusal(-32602, "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of %d logs in the response. Based on your parameters and the response size limit, this block range should work: [0x%x, 0x%x]", l.results, first, (first+last)/2)
	case ProviderQuickNode:
		return refusal(-32602, "query exceeds max results %d, retry with the range %d-%d", l.results, first, (first+last)/2)
	case ProviderAnkr:
		return refusal(codeServer, "logs response size should not be greater than %d", l.results)
	}
	return refusal(-32005, "query returned more than %d results", l.results)
}

func refusal(code int, format string, args ...any) error {
	return &RPCError{Code: code, Message: fmt.Sprintf(format, args...)}
}
