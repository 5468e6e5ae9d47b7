// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {INodeRegistry} from "./interfaces/INodeRegistry.sol";

/// @title Register of GPU nodes
/// @notice Gives every node a dense id from 0. Region and metadata live in events only: no contract reads them.
/// @dev Nobody but a node's operator can touch its record, and registering is free of stake: NodeStaking decides who
/// takes part. Worker keys are deliberately not unique: messages bind the node id, so sharing a key gains nothing,
/// while uniqueness would let anyone block a registration or a rotation by claiming the key first.
contract NodeRegistry is INodeRegistry {
    /// @notice Number of hardware classes; ids are 0..CLASSES-1.
    uint8 public constant CLASSES = 4;
    /// @notice Most GPUs a node may register.
    uint8 public constant MAX_DEVICES = 16;
    /// @notice Most bytes of a region string.
    uint256 public constant MAX_REGION_BYTES = 32;
    /// @notice Most bytes of a metadata URI.
    uint256 public constant MAX_URI_BYTES = 256;

    Node[] private _nodes;

    /// @notice No node has this id.
    error UnknownNode(uint32 nodeId);
    /// @notice Only the node's operator may do this.
    error NotOperator(uint32 nodeId, address caller);
    /// @notice The node was retired.
    error Retired(uint32 nodeId);
    /// @notice A key or recipient must not be the zero address.
    error ZeroAddress();
    /// @notice There is no such hardware class.
    error UnknownClass(uint8 hardwareClass);
    /// @notice A node has 1 to MAX_DEVICES devices.
    error DevicesOutOfRange(uint8 devices);
    /// @notice A string is longer than the limit in bytes.
    error TextTooLong(uint256 length, uint256 limit);
    /// @notice The range of ids is reversed or ends after the last node.
    error RangeOutOfBounds(uint32 from, uint32 to);
    /// @notice All 2^31 ids are given out: a node id fits a signed 32-bit integer, which many readers have.
    error RegisterFull();

    /// @notice Registers a node run by the caller.
    /// @param workerKey account that signs the node's protocol messages
    /// @param rewardRecipient account that receives the node's own rewards and job payments
    /// @param hardwareClass fixed for the life of the node
    /// @param devices number of GPUs that answer challenges
    /// @param region free text, at most 32 bytes
    /// @param metadataURI at most 256 bytes
    /// @return nodeId the next dense id
    function registerNode(
        address workerKey,
        address rewardRecipient,
        uint8 hardwareClass,
        uint8 devices,
        string calldata region,
        string calldata metadataURI
    ) external returns (uint32 nodeId) {
        if (workerKey == address(0)) revert ZeroAddress();
        if (hardwareClass >= CLASSES) revert UnknownClass(hardwareClass);
        _checkFacts(rewardRecipient, devices, region, metadataURI);
        if (_nodes.length > uint32(type(int32).max)) revert RegisterFull();

        nodeId = uint32(_nodes.length);
        _nodes.push(
            Node({
                operator: msg.sender,
                hardwareClass: hardwareClass,
                devices: devices,
                retired: false,
                workerKey: workerKey,
                registeredAt: uint64(block.timestamp),
                rewardRecipient: rewardRecipient
            })
        );
        emit NodeRegistered(nodeId, msg.sender, workerKey, rewardRecipient, hardwareClass, devices, region, metadataURI);
    }

    /// @notice Changes what may change; by the operator. A retired node may still redirect what it has yet to receive.
    function updateNode(
        uint32 nodeId,
        address rewardRecipient,
        uint8 devices,
        string calldata region,
        string calldata metadataURI
    ) external {
        Node storage node = _ownNode(nodeId);
        _checkFacts(rewardRecipient, devices, region, metadataURI);
        node.rewardRecipient = rewardRecipient;
        node.devices = devices;
        emit NodeUpdated(nodeId, rewardRecipient, devices, region, metadataURI);
    }

    /// @notice Replaces the key that signs the node's messages; by the operator.
    function rotateWorkerKey(uint32 nodeId, address workerKey) external {
        Node storage node = _ownNode(nodeId);
        if (node.retired) revert Retired(nodeId);
        if (workerKey == address(0)) revert ZeroAddress();
        address previous = node.workerKey;
        node.workerKey = workerKey;
        emit WorkerKeyRotated(nodeId, previous, workerKey);
    }

    /// @notice Takes the node out for good; by the operator. Its stake can still be unbonded and its rewards claimed.
    function retireNode(uint32 nodeId) external {
        Node storage node = _ownNode(nodeId);
        if (node.retired) revert Retired(nodeId);
        node.retired = true;
        emit NodeRetired(nodeId);
    }

    /// @inheritdoc INodeRegistry
    function nodeCount() external view returns (uint32) {
        return uint32(_nodes.length);
    }

    /// @inheritdoc INodeRegistry
    function getNode(uint32 nodeId) external view returns (Node memory) {
        return _node(nodeId);
    }

    /// @inheritdoc INodeRegistry
    function getNodes(uint32 from, uint32 to) external view returns (Node[] memory nodes) {
        if (from > to || to > _nodes.length) revert RangeOutOfBounds(from, to);
        nodes = new Node[](to - from);
        for (uint32 i = 0; i < nodes.length; i++) {
            nodes[i] = _nodes[from + i];
        }
    }

    function _node(uint32 nodeId) private view returns (Node storage) {
        if (nodeId >= _nodes.length) revert UnknownNode(nodeId);
        return _nodes[nodeId];
    }

    function _ownNode(uint32 nodeId) private view returns (Node storage node) {
        node = _node(nodeId);
        if (node.operator != msg.sender) revert NotOperator(nodeId, msg.sender);
    }

    function _checkFacts(address rewardRecipient, uint8 devices, string calldata region, string calldata metadataURI)
        private
        pure
    {
        if (rewardRecipient == address(0)) revert ZeroAddress();
        if (devices == 0 || devices > MAX_DEVICES) revert DevicesOutOfRange(devices);
        if (bytes(region).length > MAX_REGION_BYTES) revert TextTooLong(bytes(region).length, MAX_REGION_BYTES);
        if (bytes(metadataURI).length > MAX_URI_BYTES) revert TextTooLong(bytes(metadataURI).length, MAX_URI_BYTES);
    }
}
