package io.thalweg.coordination.group.record;

import org.apache.kafka.common.TopicPartition;

/** The key of a record in {@code __consumer_offsets}. */
public sealed interface GroupKey {

    /** A committed offset. */
    record Offset(String groupId, TopicPartition partition) implements GroupKey {}

    /** A group's generation, members and assignment. */
    record Metadata(String groupId) implements GroupKey {}

    /** A kind that this version does not keep, such as the records of KIP-848 groups. */
    record Unknown(short type) implements GroupKey {}
}
