// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// The test tokens. Each has one quirk of a token that is in use; everything
// about them is public and anybody may mint.

/// What every test token has: balances, and the one event that counts.
abstract contract Book {
    string public symbol;
    uint8 public immutable decimals;
    mapping(address => uint256) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 value);

    constructor(string memory symbol_, uint8 decimals_) {
        symbol = symbol_;
        decimals = decimals_;
    }

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function move(address from, address to, uint256 value) internal {
        require(balanceOf[from] >= value, "not enough");
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}

/// The standard's behaviour, with whatever symbol and decimals: the 18-decimal
/// token, the 2-decimal one, and the look-alike.
contract StandardToken is Book {
    constructor(string memory symbol_, uint8 decimals_) Book(symbol_, decimals_) {}

    function transfer(address to, uint256 value) external returns (bool) {
        move(msg.sender, to, value);
        return true;
    }
}

/// transfer returns nothing, as USDT's does.
contract NoReturnToken is Book {
    constructor(string memory symbol_, uint8 decimals_) Book(symbol_, decimals_) {}

    function transfer(address to, uint256 value) external {
        move(msg.sender, to, value);
    }
}

/// Takes one percent, as USDT's contract could: the recipient's event says what
/// arrived, a second event what the collector got.
contract FeeToken is Book {
    address public constant collector = address(0xfee);

    constructor(string memory symbol_, uint8 decimals_) Book(symbol_, decimals_) {}

    function transfer(address to, uint256 value) external {
        uint256 fee = value / 100;
        move(msg.sender, to, value - fee);
        move(msg.sender, collector, fee);
    }
}
