package io.thalweg.coordination.group;

import io.thalweg.coordination.runtime.CoordinatorRuntimeConfig;
import java.util.concurrent.TimeUnit;

/**
 * Settings of the group coordinator; in brackets Kafka's names, whose defaults they have unless said otherwise.
 *
 * @param offsetsTopicPartitions of the offsets topic when it is created [offsets.topic.num.partitions]
 * @param sessionTimeoutMinMillis least that a member may ask for [group.min.session.timeout.ms]
 * @param sessionTimeoutMaxMillis most that a member may ask for [group.max.session.timeout.ms]
 * @param groupMembersMax members of one group [group.max.size; Kafka has no bound, here it is 10000]
 * @param groupsMax groups of one partition of the offsets topic, so that names cannot fill the heap
 * @param initialRebalanceDelayMillis how long an empty group waits for more members before its first generation
 *     [group.initial.rebalance.delay.ms; Kafka waits 3 s, which everybody who starts a consumer sits through to spare a
 *     deployment a second rebalance; here it is 150 ms, enough for members that start together]
 * @param newMemberTimeoutMillis how long a join may wait in a rebalance before its member is taken for gone
 * @param offsetMetadataLengthMax characters of a commit's metadata [offset.metadata.max.bytes]
 * @param offsetsRetentionMillis how long the offsets of an empty group are kept [offsets.retention.minutes]
 * @param offsetsRetentionCheckMillis how often expired offsets are looked for
 * @param runtime limits of the coordinator's runtime
 */
public record GroupCoordinatorConfig(
        int offsetsTopicPartitions,
        int sessionTimeoutMinMillis,
        int sessionTimeoutMaxMillis,
        int groupMembersMax,
        int groupsMax,
        int initialRebalanceDelayMillis,
        int newMemberTimeoutMillis,
        int offsetMetadataLengthMax,
        long offsetsRetentionMillis,
        long offsetsRetentionCheckMillis,
        CoordinatorRuntimeConfig runtime) {

    public GroupCoordinatorConfig {
        if (sessionTimeoutMinMillis < 1 || sessionTimeoutMaxMillis < sessionTimeoutMinMillis) {
            throw new IllegalArgumentException("session timeouts out of order: minMillis=" + sessionTimeoutMinMillis
                    + " maxMillis=" + sessionTimeoutMaxMillis);
        }
        if (offsetsTopicPartitions < 1
                || groupMembersMax < 1
                || groupsMax < 1
                || initialRebalanceDelayMillis < 0
                || newMemberTimeoutMillis < 1
                || offsetMetadataLengthMax < 0
                || offsetMetadataLengthMax > Short.MAX_VALUE / 3
                || offsetsRetentionMillis < 1
                || offsetsRetentionCheckMillis < 1) {
            throw new IllegalArgumentException(
                    "a limit of the group coordinator is out of range: offsetsTopicPartitions="
                            + offsetsTopicPartitions + " groupMembersMax="
                            + groupMembersMax + " groupsMax=" + groupsMax + " initialRebalanceDelayMillis="
                            + initialRebalanceDelayMillis + " newMemberTimeoutMillis=" + newMemberTimeoutMillis
                            + " offsetMetadataLengthMax=" + offsetMetadataLengthMax + " offsetsRetentionMillis="
                            + offsetsRetentionMillis + " offsetsRetentionCheckMillis=" + offsetsRetentionCheckMillis);
        }
    }

    public static GroupCoordinatorConfig defaults() {
        return new GroupCoordinatorConfig(
                50,
                6_000,
                1_800_000,
                10_000,
                20_000,
                150,
                (int) TimeUnit.MINUTES.toMillis(5),
                4_096,
                TimeUnit.DAYS.toMillis(7),
                TimeUnit.MINUTES.toMillis(10),
                CoordinatorRuntimeConfig.defaults());
    }

    public GroupCoordinatorConfig withSessionTimeouts(int minMillis, int maxMillis) {
        return new GroupCoordinatorConfig(
                offsetsTopicPartitions,
                minMillis,
                maxMillis,
                groupMembersMax,
                groupsMax,
                initialRebalanceDelayMillis,
                newMemberTimeoutMillis,
                offsetMetadataLengthMax,
                offsetsRetentionMillis,
                offsetsRetentionCheckMillis,
                runtime);
    }

    public GroupCoordinatorConfig withInitialRebalanceDelayMillis(int millis) {
        return new GroupCoordinatorConfig(
                offsetsTopicPartitions,
                sessionTimeoutMinMillis,
                sessionTimeoutMaxMillis,
                groupMembersMax,
                groupsMax,
                millis,
                newMemberTimeoutMillis,
                offsetMetadataLengthMax,
                offsetsRetentionMillis,
                offsetsRetentionCheckMillis,
                runtime);
    }

    public GroupCoordinatorConfig withGroupMembersMax(int members) {
        return new GroupCoordinatorConfig(
                offsetsTopicPartitions,
                sessionTimeoutMinMillis,
                sessionTimeoutMaxMillis,
                members,
                groupsMax,
                initialRebalanceDelayMillis,
                newMemberTimeoutMillis,
                offsetMetadataLengthMax,
                offsetsRetentionMillis,
                offsetsRetentionCheckMillis,
                runtime);
    }

    public GroupCoordinatorConfig withOffsetsTopicPartitions(int partitions) {
        return new GroupCoordinatorConfig(
                partitions,
                sessionTimeoutMinMillis,
                sessionTimeoutMaxMillis,
                groupMembersMax,
                groupsMax,
                initialRebalanceDelayMillis,
                newMemberTimeoutMillis,
                offsetMetadataLengthMax,
                offsetsRetentionMillis,
                offsetsRetentionCheckMillis,
                runtime);
    }

    public GroupCoordinatorConfig withOffsetsRetentionMillis(long retentionMillis) {
        return new GroupCoordinatorConfig(
                offsetsTopicPartitions,
                sessionTimeoutMinMillis,
                sessionTimeoutMaxMillis,
                groupMembersMax,
                groupsMax,
                initialRebalanceDelayMillis,
                newMemberTimeoutMillis,
                offsetMetadataLengthMax,
                retentionMillis,
                offsetsRetentionCheckMillis,
                runtime);
    }
}
