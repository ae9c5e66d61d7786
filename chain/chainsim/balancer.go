package chainsim

import (
	"net/http"
	"sync/atomic"
)

// LoadBalancer returns what stands in front of a provider's nodes: each request
// goes to the next handler in turn, so that one that follows another may be
// answered by a node of another height or branch. It panics with a
// [*MisuseError] without handlers.
func LoadBalancer(nodes ...http.Handler) http.Handler {
	if len(nodes) == 0 {
		misuse("LoadBalancer", "no nodes")
	}
	var turn atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := turn.Add(1) - 1
		nodes[n%uint64(len(nodes))].ServeHTTP(w, r)
	})
}
