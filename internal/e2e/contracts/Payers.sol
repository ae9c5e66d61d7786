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
