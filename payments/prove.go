package payments

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

func isTerms(err error) bool { return errors.Is(err, ErrTermsNotAccepted) }

// ProofMessage returns the text that the key of leaf 0 signs to prove that the
// host controls a network's wallet.
func (p *Processor) ProofMessage(network chain.Network) (string, error) {
	r, ok := p.rails[network.ID]
	if !ok {
		return "", fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	return "I control the cointill deposit key " + r.Wallet.Fingerprint(), nil
}

// Prove records that the wallet's key is under control: signature is leaf 0's
// signature of ProofMessage, in the network's signed-message format. Until then
// the wallet issues nothing, unless Rail.UnprovedKey is set: one mistyped
// extended key would send every payment to nobody.
func (p *Processor) Prove(ctx context.Context, network chain.Network, signature string, actor Actor) error {
	message, err := p.ProofMessage(network)
	if err != nil {
		return err
	}
	w := p.rails[network.ID].Wallet
	if err := w.VerifyControl(message, signature); err != nil {
		return fmt.Errorf("payments: prove control of key %s: %w", w.Fingerprint(), err)
	}
	return p.update(ctx, func(tx Tx) error {
		return p.audit(ctx, tx, proofSubject(w), "prove", actor)
	})
}

func proofSubject(w Wallet) string { return "wallet/" + w.Fingerprint() }

func (p *Processor) checkProved(ctx context.Context, r *rail) error {
	if r.UnprovedKey {
		return nil
	}
	return p.view(ctx, func(tx Tx) error {
		rows, err := tx.AuditOf(ctx, proofSubject(r.Wallet))
		if err == nil && len(rows) == 0 {
			err = fmt.Errorf("%w: key %s of %s", ErrUnproved, r.Wallet.Fingerprint(), r.Network.ID)
		}
		return err
	})
}
