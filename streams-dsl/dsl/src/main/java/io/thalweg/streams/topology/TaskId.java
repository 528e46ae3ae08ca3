package io.thalweg.streams.topology;

/** A sub-topology on one partition; written as {@code 0_3}, as Kafka Streams does. */
public record TaskId(int subTopology, int partition) implements Comparable<TaskId> {

    @Override
    public int compareTo(TaskId other) {
        return subTopology != other.subTopology
                ? Integer.compare(subTopology, other.subTopology)
                : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return subTopology + "_" + partition;
    }
}
