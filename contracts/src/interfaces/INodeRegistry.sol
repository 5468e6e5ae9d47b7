// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Register of GPU nodes
/// @notice Gives every node a dense id from 0 and keeps who runs it, which key signs its messages and what it offers.
interface INodeRegistry {
    /// @param operator account that registered the node and may change it
    /// @param hardwareClass 0 development, 1 integrated, 2 consumer, 3 datacentre; fixed for the life of the node
    /// @param devices number of GPUs the node answers challenges with (1..16)
    /// @param retired true once the operator has taken the node out for good
    /// @param workerKey account that signs the node's protocol messages
    /// @param rewardRecipient account that receives the node's own rewards and job payments
    /// @param registeredAt block timestamp of the registration, seconds
    struct Node {
        address operator;
        uint8 hardwareClass;
        uint8 devices;
        bool retired;
        address workerKey;
        uint64 registeredAt;
        address rewardRecipient;
    }

    /// @notice A node was registered.
    event NodeRegistered(
        uint32 indexed nodeId,
        address indexed operator,
        address workerKey,
        address rewardRecipient,
        uint8 hardwareClass,
        uint8 devices,
        string region,
        string metadataURI
    );
    /// @notice A node's changeable facts now are these.
    event NodeUpdated(uint32 indexed nodeId, address rewardRecipient, uint8 devices, string region, string metadataURI);
    /// @notice The node's messages are signed by another key from now on.
    event WorkerKeyRotated(uint32 indexed nodeId, address previousWorkerKey, address workerKey);
    /// @notice The node left for good.
    event NodeRetired(uint32 indexed nodeId);

    function registerNode(
        address workerKey,
        address rewardRecipient,
        uint8 hardwareClass,
        uint8 devices,
        string calldata region,
        string calldata metadataURI
    ) external returns (uint32 nodeId);
    function updateNode(
        uint32 nodeId,
        address rewardRecipient,
        uint8 devices,
        string calldata region,
        string calldata metadataURI
    ) external;
    function rotateWorkerKey(uint32 nodeId, address workerKey) external;
    function retireNode(uint32 nodeId) external;

    /// @return number of ids given out; ids are 0..nodeCount-1
    function nodeCount() external view returns (uint32);
    /// @notice The record of one node; reverts with UnknownNode for an id not given out.
    function getNode(uint32 nodeId) external view returns (Node memory);
    /// @notice Records of nodes `from` up to and not including `to`, for reading many in one call.
    function getNodes(uint32 from, uint32 to) external view returns (Node[] memory);
}
