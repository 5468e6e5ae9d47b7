// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Market of GPU jobs
/// @notice A client escrows DPN for a job of equal shards; certified nodes claim, deliver and are paid.
interface IJobMarket {
    enum ShardState {
        Open,
        Claimed,
        Submitted,
        Accepted,
        Expired
    }

    struct Job {
        address client;
        uint8 hardwareClass;
        uint16 shardCount;
        uint16 minScoreBps;
        uint32 maxScoreAge;
        uint64 deadline;
        uint256 pricePerShard;
        bytes32 specHash;
        uint16 settledShards;
        bool cancelled;
    }

    struct Shard {
        ShardState state;
        uint32 nodeId;
        uint64 claimedAt;
        uint64 submittedAt;
        bytes32 resultHash;
    }

    /// @param escrowed DPN wei the market holds for all jobs after the event
    event JobPosted(
        uint256 indexed jobId,
        address indexed client,
        uint8 hardwareClass,
        uint16 shardCount,
        uint256 pricePerShard,
        uint16 minScoreBps,
        uint32 maxScoreAge,
        uint64 deadline,
        bytes32 specHash,
        uint256 escrowed
    );
    event ShardClaimed(uint256 indexed jobId, uint16 indexed shard, uint32 indexed nodeId);
    event ShardSubmitted(
        uint256 indexed jobId, uint16 indexed shard, uint32 indexed nodeId, bytes32 resultHash, uint64 autoAcceptAt
    );
    /// @param automatic true when the window passed without the client's word
    event ShardAccepted(uint256 indexed jobId, uint16 indexed shard, uint32 indexed nodeId, bool automatic);
    /// @param amount DPN wei to the node's reward recipient; fee DPN wei to the treasury
    event PaymentReleased(
        uint256 indexed jobId,
        uint16 indexed shard,
        uint32 indexed nodeId,
        address recipient,
        uint256 amount,
        uint256 fee,
        uint256 escrowed
    );
    /// @param claimed false when nobody had claimed the shard (nodeId is then 0 and means nothing)
    event ShardExpired(
        uint256 indexed jobId,
        uint16 indexed shard,
        uint32 indexed nodeId,
        bool claimed,
        uint256 refund,
        uint256 escrowed
    );
    event JobCompleted(uint256 indexed jobId, uint16 acceptedShards, uint16 expiredShards);
    /// @notice The client took back every shard; possible only while none is claimed.
    event JobCancelled(uint256 indexed jobId, uint256 refund, uint256 escrowed);
    event FeeSet(uint16 feeBps, address treasury);

    function postJob(
        uint8 hardwareClass,
        uint16 shardCount,
        uint256 pricePerShard,
        uint16 minScoreBps,
        uint32 maxScoreAge,
        uint64 deadline,
        bytes32 specHash
    ) external returns (uint256 jobId);
    /// @notice Claims a shard for a node; by its operator or worker key. minScoreBps 0 asks for no score.
    function claimShard(uint256 jobId, uint16 shard, uint32 nodeId) external;
    function submitShard(uint256 jobId, uint16 shard, bytes32 resultHash) external;
    function acceptShard(uint256 jobId, uint16 shard) external;
    function autoAcceptShard(uint256 jobId, uint16 shard) external;
    function expireShard(uint256 jobId, uint16 shard) external;
    function cancelJob(uint256 jobId) external;

    function jobCount() external view returns (uint256);
    function getJob(uint256 jobId) external view returns (Job memory);
    function getShard(uint256 jobId, uint16 shard) external view returns (Shard memory);
    function escrowed() external view returns (uint256);
}
