package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** On a node that stands alone every replica is here. */
public final class LonePlacer implements Placer {

    private final int nodeId;

    public LonePlacer(int nodeId) {
        this.nodeId = nodeId;
    }

    @Override
    public List<List<Integer>> place(
            MetadataImage.Draft state, Uuid topicId, int from, int count, int replicationFactor) {
        if (replicationFactor != TopicPlacement.AUTO && replicationFactor != 1) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REPLICATION_FACTOR, "replication factor must be 1: found " + replicationFactor);
        }
        return Collections.nCopies(count, List.of(nodeId));
    }

    @Override
    public List<PartitionView> partitions(int from, List<List<Integer>> replicas) {
        List<PartitionView> partitions = new ArrayList<>(replicas.size());
        for (int i = 0; i < replicas.size(); i++) {
            List<Integer> here = replicas.get(i);
            partitions.add(new PartitionView(from + i, here.get(0), 0, here, here));
        }
        return List.copyOf(partitions);
    }

    /** It writes what it always wrote. */
    @Override
    public TopicPlacement placement(MetadataImage.Draft state, int replicationFactor, List<List<Integer>> replicas) {
        return TopicPlacement.NONE;
    }
}
