package io.thalweg.client.membership;

import io.vertx.core.Future;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Hears what a member owns. Called on the consumer's context. */
public interface MembershipListener {

    /** Stop reading. Completes when what was read is committed; the member joins again whatever the outcome. */
    Future<Void> onRevoke();

    /** Stop reading; others own the partitions already, so nothing can be committed. */
    void onLost();

    void onAssigned(Set<TopicPartition> partitions);

    /** The membership ended and does not heal by itself. */
    void onFailed(Throwable failure);
}
