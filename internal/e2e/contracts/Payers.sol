// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IToken {
    function transfer(address to, uint256 value) external;
}

/// Pays as exchanges do: several recipients in one transaction, from a contract.
contract BatchPayer {
    /// Sends a token this contract holds.
    function payToken(IToken token, address[] calldata to, uint256[] calldata values) external {
        for (uint256 i = 0; i < to.length; i++) {
            token.transfer(to[i], values[i]);
        }
    }
}

/// Pays the native coin from calls inside a transaction, in the ways that matter
/// to who watches a recipient.
contract InternalPayer {
    receive() external payable {}

    /// Pays each recipient by a call of its own.
    function pay(address payable[] calldata to, uint256[] calldata values) external payable {
        for (uint256 i = 0; i < to.length; i++) {
            send(to[i], values[i]);
        }
    }

    /// Pays inside a call that is then taken back; the transaction goes on.
    function payReverted(address payable to, uint256 value) external payable {
        try this.payAndRevert(to, value) {} catch {}
    }

    function payAndRevert(address payable to, uint256 value) external {
        send(to, value);
        revert("taken back");
    }

    /// Runs a contract's code in the place of this one: the frame names a value
    /// and a recipient, and nothing moves to it.
    function payDelegated(address to) external payable {
        (bool ok, ) = to.delegatecall("");
        require(ok);
    }

    /// Makes a contract that destroys itself in favour of the recipient.
    function payByDestruction(address payable to) external payable {
        new Bequest{value: msg.value}(to);
    }

    function send(address payable to, uint256 value) internal {
        (bool ok, ) = to.call{value: value}("");
        require(ok, "not paid");
    }
}

contract Bequest {
    constructor(address payable to) payable {
        selfdestruct(to);
    }
}
