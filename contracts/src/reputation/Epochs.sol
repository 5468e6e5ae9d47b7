// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../interfaces/IReputationOracle.sol";

/// @title Time of the oracle: epochs of equal slots, one round each
/// @notice Epoch e covers [genesisTime + e·L, genesisTime + (e+1)·L); rounds are counted from genesis (protocol section 2).
abstract contract Epochs is IReputationOracle {
    /// @inheritdoc IReputationOracle
    uint64 public immutable genesisTime;
    /// @inheritdoc IReputationOracle
    uint32 public immutable slotSeconds;
    /// @inheritdoc IReputationOracle
    uint32 public immutable slotsPerEpoch;
    /// @notice Length L of an epoch, seconds.
    uint64 public immutable epochSeconds;

    /// @notice A constructor argument is out of its range.
    error BadConfiguration(string what);
    /// @notice The epoch ends at `endsAt` (seconds) only.
    error EpochNotOver(uint64 epoch, uint256 endsAt);

    constructor(uint64 genesisTime_, uint32 slotSeconds_, uint32 slotsPerEpoch_) {
        if (genesisTime_ == 0) revert BadConfiguration("genesisTime is 0");
        if (slotSeconds_ == 0) revert BadConfiguration("slotSeconds is 0");
        if (slotsPerEpoch_ == 0) revert BadConfiguration("slotsPerEpoch is 0");
        genesisTime = genesisTime_;
        slotSeconds = slotSeconds_;
        slotsPerEpoch = slotsPerEpoch_;
        epochSeconds = uint64(slotSeconds_) * slotsPerEpoch_;
    }

    /// @inheritdoc IReputationOracle
    function currentEpoch() public view returns (uint64) {
        if (block.timestamp < genesisTime) return 0;
        return uint64((block.timestamp - genesisTime) / epochSeconds);
    }

    /// @dev The first epoch whose rules may still change: nothing of it has happened yet.
    function _nextEpoch() internal view returns (uint64) {
        return block.timestamp < genesisTime ? 0 : currentEpoch() + 1;
    }

    /// @dev End of an epoch, seconds; in 256 bits, because callers name the epoch.
    function _epochEnd(uint64 epoch) internal view returns (uint256) {
        return uint256(genesisTime) + (uint256(epoch) + 1) * epochSeconds;
    }

    /// @dev End of an epoch that is over.
    function _pastEpochEnd(uint64 epoch) internal view returns (uint256 endsAt) {
        endsAt = _epochEnd(epoch);
        if (block.timestamp < endsAt) revert EpochNotOver(epoch, endsAt);
    }

    /// @dev Whether the slot of a round covers this block's time.
    function _isRoundNow(uint64 round) internal view returns (bool) {
        return block.timestamp >= genesisTime && (block.timestamp - genesisTime) / slotSeconds == round;
    }
}
