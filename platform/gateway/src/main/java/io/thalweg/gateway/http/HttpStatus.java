package io.thalweg.gateway.http;

import io.thalweg.log.error.ErrorCode;
import java.util.EnumMap;
import java.util.Map;

/** Which HTTP status stands for each {@link ErrorCode}. A test holds that every code is listed once. */
final class HttpStatus {
    private static final Map<ErrorCode, Integer> BY_ERROR = new EnumMap<>(ErrorCode.class);

    static {
        put(200, ErrorCode.NONE);
        put(
                400,
                ErrorCode.OFFSET_OUT_OF_RANGE,
                ErrorCode.CORRUPT_MESSAGE,
                ErrorCode.INVALID_FETCH_SIZE,
                ErrorCode.INVALID_TOPIC_EXCEPTION,
                ErrorCode.INVALID_REQUIRED_ACKS,
                ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                ErrorCode.INVALID_GROUP_ID,
                ErrorCode.INVALID_SESSION_TIMEOUT,
                ErrorCode.INVALID_COMMIT_OFFSET_SIZE,
                ErrorCode.INVALID_TIMESTAMP,
                ErrorCode.UNSUPPORTED_VERSION,
                ErrorCode.INVALID_PARTITIONS,
                ErrorCode.INVALID_REPLICATION_FACTOR,
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                ErrorCode.INVALID_CONFIG,
                ErrorCode.INVALID_REQUEST,
                ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT,
                ErrorCode.POLICY_VIOLATION,
                ErrorCode.INVALID_TRANSACTION_TIMEOUT,
                ErrorCode.INVALID_PRINCIPAL_TYPE,
                ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                ErrorCode.INVALID_RECORD,
                ErrorCode.UNACCEPTABLE_CREDENTIAL,
                ErrorCode.INVALID_UPDATE_VERSION,
                ErrorCode.POSITION_OUT_OF_RANGE,
                ErrorCode.INCONSISTENT_TOPIC_ID,
                ErrorCode.INCONSISTENT_CLUSTER_ID,
                ErrorCode.UNSUPPORTED_ASSIGNOR,
                ErrorCode.MISMATCHED_ENDPOINT_TYPE,
                ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
                ErrorCode.INVALID_REGISTRATION,
                ErrorCode.INVALID_VOTER_KEY,
                ErrorCode.INVALID_REGULAR_EXPRESSION,
                ErrorCode.STREAMS_INVALID_TOPOLOGY,
                ErrorCode.MEMBER_ID_REQUIRED);
        put(
                401,
                ErrorCode.UNSUPPORTED_SASL_MECHANISM,
                ErrorCode.ILLEGAL_SASL_STATE,
                ErrorCode.SASL_AUTHENTICATION_FAILED,
                ErrorCode.DELEGATION_TOKEN_EXPIRED,
                ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE);
        put(
                403,
                ErrorCode.TOPIC_AUTHORIZATION_FAILED,
                ErrorCode.GROUP_AUTHORIZATION_FAILED,
                ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
                ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                ErrorCode.SECURITY_DISABLED,
                ErrorCode.TOPIC_DELETION_DISABLED,
                ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED,
                ErrorCode.DELEGATION_TOKEN_OWNER_MISMATCH,
                ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
                ErrorCode.DELEGATION_TOKEN_AUTHORIZATION_FAILED);
        put(
                404,
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                ErrorCode.GROUP_ID_NOT_FOUND,
                ErrorCode.LOG_DIR_NOT_FOUND,
                ErrorCode.DELEGATION_TOKEN_NOT_FOUND,
                ErrorCode.RESOURCE_NOT_FOUND,
                ErrorCode.SNAPSHOT_NOT_FOUND,
                ErrorCode.UNKNOWN_TOPIC_ID,
                ErrorCode.TRANSACTIONAL_ID_NOT_FOUND,
                ErrorCode.BROKER_ID_NOT_REGISTERED,
                ErrorCode.UNKNOWN_CONTROLLER_ID,
                ErrorCode.UNKNOWN_SUBSCRIPTION_ID,
                ErrorCode.UNKNOWN_PRODUCER_ID,
                ErrorCode.NO_REASSIGNMENT_IN_PROGRESS,
                ErrorCode.VOTER_NOT_FOUND,
                ErrorCode.LISTENER_NOT_FOUND);
        put(
                409,
                ErrorCode.STALE_CONTROLLER_EPOCH,
                ErrorCode.ILLEGAL_GENERATION,
                ErrorCode.UNKNOWN_MEMBER_ID,
                ErrorCode.REBALANCE_IN_PROGRESS,
                ErrorCode.TOPIC_ALREADY_EXISTS,
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                ErrorCode.DUPLICATE_SEQUENCE_NUMBER,
                ErrorCode.INVALID_PRODUCER_EPOCH,
                ErrorCode.INVALID_TXN_STATE,
                ErrorCode.INVALID_PRODUCER_ID_MAPPING,
                ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                ErrorCode.OPERATION_NOT_ATTEMPTED,
                ErrorCode.REASSIGNMENT_IN_PROGRESS,
                ErrorCode.NON_EMPTY_GROUP,
                ErrorCode.INVALID_FETCH_SESSION_EPOCH,
                ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
                ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR,
                ErrorCode.STALE_BROKER_EPOCH,
                ErrorCode.FENCED_INSTANCE_ID,
                ErrorCode.ELECTION_NOT_NEEDED,
                ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC,
                ErrorCode.PRODUCER_FENCED,
                ErrorCode.DUPLICATE_RESOURCE,
                ErrorCode.INCONSISTENT_VOTER_SET,
                ErrorCode.FEATURE_UPDATE_FAILED,
                ErrorCode.DUPLICATE_BROKER_REGISTRATION,
                ErrorCode.INELIGIBLE_REPLICA,
                ErrorCode.NEW_LEADER_ELECTED,
                ErrorCode.FENCED_MEMBER_EPOCH,
                ErrorCode.UNRELEASED_INSTANCE_ID,
                ErrorCode.STALE_MEMBER_EPOCH,
                ErrorCode.TRANSACTION_ABORTABLE,
                ErrorCode.INVALID_RECORD_STATE,
                ErrorCode.SHARE_SESSION_NOT_FOUND,
                ErrorCode.INVALID_SHARE_SESSION_EPOCH,
                ErrorCode.FENCED_STATE_EPOCH,
                ErrorCode.DUPLICATE_VOTER,
                ErrorCode.STREAMS_INVALID_TOPOLOGY_EPOCH,
                ErrorCode.STREAMS_TOPOLOGY_FENCED);
        put(
                413,
                ErrorCode.MESSAGE_TOO_LARGE,
                ErrorCode.OFFSET_METADATA_TOO_LARGE,
                ErrorCode.RECORD_LIST_TOO_LARGE,
                ErrorCode.TELEMETRY_TOO_LARGE);
        put(500, ErrorCode.UNKNOWN_SERVER_ERROR);
        put(
                503,
                ErrorCode.LEADER_NOT_AVAILABLE,
                ErrorCode.NOT_LEADER_OR_FOLLOWER,
                ErrorCode.REQUEST_TIMED_OUT,
                ErrorCode.BROKER_NOT_AVAILABLE,
                ErrorCode.REPLICA_NOT_AVAILABLE,
                ErrorCode.NETWORK_EXCEPTION,
                ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
                ErrorCode.COORDINATOR_NOT_AVAILABLE,
                ErrorCode.NOT_COORDINATOR,
                ErrorCode.NOT_ENOUGH_REPLICAS,
                ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                ErrorCode.NOT_CONTROLLER,
                ErrorCode.CONCURRENT_TRANSACTIONS,
                ErrorCode.KAFKA_STORAGE_ERROR,
                ErrorCode.FENCED_LEADER_EPOCH,
                ErrorCode.UNKNOWN_LEADER_EPOCH,
                ErrorCode.OFFSET_NOT_AVAILABLE,
                ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
                ErrorCode.GROUP_MAX_SIZE_REACHED,
                ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                ErrorCode.UNSTABLE_OFFSET_COMMIT,
                ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                ErrorCode.OFFSET_MOVED_TO_TIERED_STORAGE,
                ErrorCode.REBOOTSTRAP_REQUIRED,
                ErrorCode.SHARE_SESSION_LIMIT_REACHED);
    }

    private HttpStatus() {}

    static int of(ErrorCode error) {
        return BY_ERROR.getOrDefault(error, 500);
    }

    static boolean isMapped(ErrorCode error) {
        return BY_ERROR.containsKey(error);
    }

    private static void put(int status, ErrorCode... errors) {
        for (ErrorCode error : errors) {
            if (BY_ERROR.put(error, status) != null) {
                throw new IllegalStateException("listed twice: error=" + error);
            }
        }
    }
}
