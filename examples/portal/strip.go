package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments/money"
)

// stripView is the developer strip: what a simulated customer and simulated
// networks can do. It is not part of the product.
type stripView struct {
	Account account
	// Coin and Network are what the open panel is about; empty without one.
	Coin    coin
	Network string
	CanPay  bool
	Heads   string
	Stopped bool
	// BitPay is what the open panel is about, nil if it is not a payment by BitPay.
	BitPay *bitpayStrip
	Back   string
}

func (s *portal) strip(v *pageView) *stripView {
	var heads []string
	for _, n := range s.networks {
		heads = append(heads, fmt.Sprintf("%s block %d", strings.Fields(n.Name)[0], s.world.chains[n.ID].Head().Height))
	}
	if s.world.block > 0 {
		heads = append(heads, "a block every "+s.world.block.String()+" while a payment waits")
	}
	return &stripView{Account: v.Account, Heads: strings.Join(heads, " · "), Stopped: s.world.prices.stopped(), Back: v.Path}
}

// withStrip tells the strip what the panel is about.
func (s *portal) withStrip(v *pageView, c coin, n chain.Network) *pageView {
	if v.Strip != nil {
		v.Strip.Coin, v.Strip.Network, v.Strip.CanPay = c, n.ID, true
	}
	return v
}

// simulate does what a button of the strip says.
func (s *portal) simulate(w http.ResponseWriter, r *http.Request) error {
	switch r.PathValue("act") {
	case "pay":
		if err := s.simulatePayment(r); err != nil {
			return err
		}
	case "block":
		for _, sim := range s.simsOf(r) {
			sim.Mine(1)
		}
	case "reorg":
		for id, sim := range s.simsOf(r) {
			if err := s.simulateReorg(r, sim); err != nil {
				return err
			}
			s.world.hurry(id)
		}
	case "price":
		s.world.prices.setDown(r.FormValue("stop") == "yes")
		s.quotes.forget()
	case "bitpay":
		if err := s.simulateBitPay(r); err != nil {
			return fmt.Errorf("%w: %w", errBadInput, err)
		}
	default:
		return errNoPage
	}
	if r.Header.Get(liveHeader) != "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	back := r.FormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.Contains(back, "\\") {
		back = "/"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// simsOf returns the network a button names, or all.
func (s *portal) simsOf(r *http.Request) map[string]simulation {
	if sim, ok := s.world.chains[r.FormValue("network")]; ok {
		return map[string]simulation{sim.Network().ID: sim}
	}
	return s.world.chains
}

func (s *portal) simulatePayment(r *http.Request) error {
	a, err := accountNamed(r.FormValue("account"))
	if err != nil {
		return err
	}
	sim, ok := s.world.chains[r.FormValue("network")]
	if !ok {
		return errNoCoin
	}
	n := sim.Network()
	asset, ok := n.Asset(money.Coin(r.FormValue("coin")))
	if !ok {
		return errNoCoin
	}
	amount, err := money.ParseAmount(asset, strings.TrimSpace(r.FormValue("amount")))
	if err != nil || amount.Sign() == 0 || amount.Units().BitLen() > 63 && n.UTXO() {
		return fmt.Errorf("%w: amount: %v", errBadInput, err)
	}
	to, err := s.p.DepositAddress(r.Context(), a.account(), n)
	if err != nil {
		return err
	}
	sim.Pay(chainsim.Payment{To: to.Address, Amount: amount})
	s.world.hurry(n.ID)
	return nil
}

// reorgDepth is deeper than what credits a payment.
const reorgDepth = 7

// simulateReorg replaces the last blocks by empty ones; the customer's payments
// in them wait for a block again.
func (s *portal) simulateReorg(r *http.Request, sim simulation) error {
	head := sim.Head().Height
	var later []chain.Hash
	seen := map[chain.Hash]bool{}
	for _, a := range accounts {
		all, err := s.deposits(r, a)
		if err != nil {
			return err
		}
		for _, d := range all {
			block, mined := sim.BlockOf(d.TxID)
			if d.Key.Network == sim.Network().ID && mined && block.Height+reorgDepth > head && !seen[d.TxID] {
				seen[d.TxID] = true
				later = append(later, d.TxID)
			}
		}
	}
	sim.Reorg(reorgDepth, chainsim.Branch{Later: later})
	return nil
}

// warn writes to the operator's log.
func (w *world) warn(msg string, args ...any) {
	if w.log != nil {
		w.log.Warn(msg, args...)
	}
}
