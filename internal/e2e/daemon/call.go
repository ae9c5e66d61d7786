package daemon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/stretchr/testify/require"
)

// At returns the same daemon at another path of its endpoint, such as a wallet's.
func (d *Daemon) At(path string) *Daemon { return &Daemon{t: d.t, URL: d.URL + path, http: d.http} }

// Try makes one JSON-RPC call and decodes its result, unless result is nil.
func (d *Daemon) Try(result any, method string, params ...any) error {
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, d.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(User, Password)
	req.Header.Set("Content-Type", "application/json")
	resp, err := d.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  *struct {
			Code    int
			Message string
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: HTTP %d: %w", method, resp.StatusCode, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %d: %s", method, answer.Error.Code, answer.Error.Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result, result)
}

// Call is Try for calls that must succeed.
func (d *Daemon) Call(result any, method string, params ...any) {
	d.t.Helper()
	require.NoError(d.t, d.Try(result, method, params...))
}

// Height returns the height of the best block.
func (d *Daemon) Height() (height int) {
	d.t.Helper()
	d.Call(&height, "getblockcount")
	return height
}

// HashAt returns the hash of the best chain's block at a height.
func (d *Daemon) HashAt(height int) (hash string) {
	d.t.Helper()
	d.Call(&hash, "getblockhash", height)
	return hash
}

// Undo takes the last blocks off the chain. Their payments are in the mempool
// again; the blocks themselves never come back.
func (d *Daemon) Undo(depth int) {
	d.t.Helper()
	height := d.Height()
	d.Call(nil, "invalidateblock", d.HashAt(height-depth+1))
	require.Equal(d.t, height-depth, d.Height())
}
