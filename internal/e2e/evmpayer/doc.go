// Package evmpayer holds the accounts that pay on private EVM chains, and signs
// for them. Their keys are public and guard nothing.
package evmpayer
