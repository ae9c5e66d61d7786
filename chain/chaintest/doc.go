// Package chaintest is the suite that any [chain.Source] must pass, whatever it
// reads: a simulated network, a face of a simulator over HTTP, or a real node.
//
// Give [Run] a [World]: the source, and what makes things happen on its network.
// The suite pays, mines, reorganises and spends, and compares what the source
// answers with what it did. A world without an ability, such as a network without
// token contracts, leaves that field nil, and the cases that need it do not exist
// there.
//
//	chaintest.Run(t, chaintest.World{
//		Source: source, Address: node.NewAddress, Pay: node.Pay,
//		Mine: node.Mine, Reorg: node.Reorg,
//	})
//
// All cases share one world and use addresses of their own, so that starting a
// node is paid for once. A source that keeps its promises in every order of calls
// passes in any order of cases.
package chaintest
