package io.thalweg.coordination.group;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import org.jspecify.annotations.Nullable;

/** What members and tools are told when a request does not fit the group. */
final class GroupErrors {

    private GroupErrors() {}

    static ThalwegException unknownMember(String groupId, String memberId) {
        return new ThalwegException(
                ErrorCode.UNKNOWN_MEMBER_ID,
                "not a member of the group: groupId=" + groupId + " memberId=" + memberId
                        + "; join with an empty member id");
    }

    static ThalwegException fencedInstance(String groupId, String instanceId, String memberId) {
        return new ThalwegException(
                ErrorCode.FENCED_INSTANCE_ID,
                "another member holds this instance id: groupId=" + groupId + " groupInstanceId=" + instanceId
                        + " memberId=" + memberId + "; give each instance an id of its own");
    }

    static ThalwegException illegalGeneration(ClassicGroup group, int generation) {
        return new ThalwegException(
                ErrorCode.ILLEGAL_GENERATION,
                "generation is not the group's: groupId=" + group.groupId() + " generation=" + generation + " expected="
                        + group.generation() + "; join again");
    }

    static ThalwegException illegalGeneration(String groupId, int generation) {
        return new ThalwegException(
                ErrorCode.ILLEGAL_GENERATION,
                "the group does not exist: groupId=" + groupId + " generation=" + generation + "; join again");
    }

    static ThalwegException rebalancing(ClassicGroup group) {
        return new ThalwegException(
                ErrorCode.REBALANCE_IN_PROGRESS,
                "the group rebalances: groupId=" + group.groupId() + " generation=" + group.generation()
                        + "; join again");
    }

    static ThalwegException inconsistentProtocol(String groupId, String found, @Nullable String expected) {
        return new ThalwegException(
                ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                "protocol does not fit the group: groupId=" + groupId + " found=" + found + " expected="
                        + (expected == null ? "a type and at least one protocol that all members support" : expected));
    }

    static ThalwegException groupFull(String groupId, int limit) {
        return new ThalwegException(
                ErrorCode.GROUP_MAX_SIZE_REACHED, "the group is full: groupId=" + groupId + " limit=" + limit);
    }

    static ThalwegException groupNotFound(String groupId) {
        return new ThalwegException(ErrorCode.GROUP_ID_NOT_FOUND, "no such group: groupId=" + groupId);
    }

    static ThalwegException nonEmptyGroup(ClassicGroup group) {
        return new ThalwegException(
                ErrorCode.NON_EMPTY_GROUP,
                "the group has members: groupId=" + group.groupId() + " members=" + group.size() + "; stop them first");
    }

    static ThalwegException sessionTimeout(String groupId, int found, int min, int max) {
        return new ThalwegException(
                ErrorCode.INVALID_SESSION_TIMEOUT,
                "session timeout out of range: groupId=" + groupId + " sessionTimeoutMillis=" + found + " allowed="
                        + min + " to " + max);
    }
}
