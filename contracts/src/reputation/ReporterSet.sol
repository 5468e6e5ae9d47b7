// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {BabyJubJub} from "../lib/BabyJubJub.sol";
import {IReputationOracle} from "../interfaces/IReputationOracle.sol";
import {Epochs} from "./Epochs.sol";

/// @title Reporters and methodology, by epoch
/// @notice Changes take effect at the next epoch, so the rules of an epoch are fixed before it begins and kept for ever.
/// @dev Histories are searched from the newest entry; only the governor makes them longer.
abstract contract ReporterSet is Epochs, AccessManaged {
    /// @notice Reporter slots M of the score circuit.
    uint8 public constant REPORTER_SLOTS = 3;

    /// @dev One reporter's time in a slot: epochs activeFrom up to and not including retiredFrom.
    struct Term {
        address reporter;
        uint48 activeFrom;
        uint48 retiredFrom;
        uint256 keyX;
        uint256 keyY;
    }

    struct Methodology {
        bytes32 hash;
        uint64 fromEpoch;
        Parameters parameters;
    }

    uint48 private constant NOT_RETIRED = type(uint48).max;

    /// @dev Terms each slot has had; together in one storage word.
    uint64[REPORTER_SLOTS] private _termCounts;
    mapping(uint8 slot => mapping(uint64 index => Term)) private _terms;
    Methodology[] private _methodologies;

    /// @notice The key is not a point of the prime subgroup of Baby Jubjub, or is its identity.
    error BadReporterKey(uint256 keyX, uint256 keyY);
    error BadReporterAddress();
    /// @notice The account or the key already serves in this slot.
    error ReporterNotDistinct(uint8 slot);
    error NoFreeReporterSlot();
    /// @notice Nobody serves in the slot.
    error ReporterSlotEmpty(uint8 slot);
    error ParameterOutOfRange(string name);
    /// @notice No methodology is set for the epoch.
    error NoMethodology(uint64 epoch);

    /// @inheritdoc IReputationOracle
    function addReporter(address reporter, uint256 keyX, uint256 keyY) external restricted returns (uint8 slot) {
        if (reporter == address(0)) revert BadReporterAddress();
        if (!BabyJubJub.isPublicKey(keyX, keyY)) revert BadReporterKey(keyX, keyY);

        slot = REPORTER_SLOTS;
        for (uint8 other = 0; other < REPORTER_SLOTS; other++) {
            uint64 count = _termCounts[other];
            if (count > 0) {
                Term storage term = _terms[other][count - 1];
                if (term.retiredFrom == NOT_RETIRED) {
                    if (term.reporter == reporter || (term.keyX == keyX && term.keyY == keyY)) {
                        revert ReporterNotDistinct(other);
                    }
                    continue;
                }
            }
            if (slot == REPORTER_SLOTS) slot = other;
        }
        if (slot == REPORTER_SLOTS) revert NoFreeReporterSlot();

        // A retired term ends at the latest where this one begins: both take effect at the next epoch.
        uint64 activeFrom = _nextEpoch();
        _terms[slot][_termCounts[slot]++] = Term(reporter, uint48(activeFrom), NOT_RETIRED, keyX, keyY);
        emit ReporterAdded(slot, reporter, keyX, keyY, activeFrom);
    }

    /// @inheritdoc IReputationOracle
    function retireReporter(uint8 slot) external restricted {
        if (slot >= REPORTER_SLOTS || _termCounts[slot] == 0) revert ReporterSlotEmpty(slot);
        Term storage term = _terms[slot][_termCounts[slot] - 1];
        if (term.retiredFrom != NOT_RETIRED) revert ReporterSlotEmpty(slot);
        uint64 retiredFrom = _nextEpoch();
        term.retiredFrom = uint48(retiredFrom);
        emit ReporterRetired(slot, term.reporter, retiredFrom);
    }

    /// @inheritdoc IReputationOracle
    function setMethodology(bytes32 methodologyHash, Parameters calldata parameters) external restricted {
        if (methodologyHash == 0) revert ParameterOutOfRange("methodologyHash");
        _checkParameters(parameters);
        uint64 fromEpoch = _nextEpoch();
        // Of two for the same epoch the newer is found first: one that has not begun yet can be replaced.
        _methodologies.push(Methodology(methodologyHash, fromEpoch, parameters));
        emit MethodologySet(
            methodologyHash,
            fromEpoch,
            parameters.lambda,
            parameters.eta,
            parameters.failWeight,
            parameters.priorWeight,
            parameters.quorum,
            parameters.maxIdle,
            parameters.establishedAt
        );
    }

    /// @inheritdoc IReputationOracle
    function methodologyOf(uint64 epoch)
        public
        view
        returns (bytes32 methodologyHash, Parameters memory parameters)
    {
        for (uint256 index = _methodologies.length; index > 0; index--) {
            Methodology storage methodology = _methodologies[index - 1];
            if (methodology.fromEpoch <= epoch) return (methodology.hash, methodology.parameters);
        }
        revert NoMethodology(epoch);
    }

    /// @notice The reporters active in an epoch, by slot; zero where a slot has none.
    /// @return reporters account of each slot
    /// @return keys their Baby Jubjub keys: x, y of slot 0, then 1, then 2
    function reportersOf(uint64 epoch)
        external
        view
        returns (address[REPORTER_SLOTS] memory reporters, uint256[2 * REPORTER_SLOTS] memory keys)
    {
        for (uint8 slot = 0; slot < REPORTER_SLOTS; slot++) {
            (bool active, Term storage term) = _activeTerm(slot, _termCounts[slot], epoch);
            if (!active) continue;
            reporters[slot] = term.reporter;
            keys[2 * slot] = term.keyX;
            keys[2 * slot + 1] = term.keyY;
        }
    }

    /// @inheritdoc IReputationOracle
    function reporterOfRound(uint64 round) public view returns (address) {
        uint64 epoch = round / slotsPerEpoch;
        address[REPORTER_SLOTS] memory active;
        uint256 count = 0;
        for (uint8 slot = 0; slot < REPORTER_SLOTS; slot++) {
            (bool isActive, Term storage term) = _activeTerm(slot, _termCounts[slot], epoch);
            if (isActive) active[count++] = term.reporter;
        }
        return count == 0 ? address(0) : active[round % count];
    }

    /// @dev How many terms each slot has had, in one read.
    function _termCountsOfSlots() internal view returns (uint64[REPORTER_SLOTS] memory) {
        return _termCounts;
    }

    /// @dev The term that covers an epoch; `term` points nowhere when not active.
    function _activeTerm(uint8 slot, uint64 termCount, uint64 epoch)
        internal
        view
        returns (bool active, Term storage term)
    {
        term = _terms[slot][0];
        for (uint64 index = termCount; index > 0; index--) {
            term = _terms[slot][index - 1];
            if (term.activeFrom <= epoch) return (epoch < term.retiredFrom, term);
        }
        return (false, term);
    }

    function _checkParameters(Parameters calldata parameters) private pure {
        if (parameters.lambda == 0 || parameters.lambda > 65472) revert ParameterOutOfRange("lambda");
        if (parameters.eta == 0 || parameters.eta > 65536) revert ParameterOutOfRange("eta");
        if (parameters.failWeight == 0 || parameters.failWeight > 15) revert ParameterOutOfRange("failWeight");
        if (parameters.priorWeight < 2 ** 16 || parameters.priorWeight >= 2 ** 30) {
            revert ParameterOutOfRange("priorWeight");
        }
        if (parameters.quorum == 0 || parameters.quorum > REPORTER_SLOTS) revert ParameterOutOfRange("quorum");
        if (parameters.maxIdle > 254) revert ParameterOutOfRange("maxIdle");
        if (parameters.establishedAt >= 2 ** 31) revert ParameterOutOfRange("establishedAt");
    }
}
