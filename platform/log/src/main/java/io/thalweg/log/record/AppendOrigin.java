package io.thalweg.log.record;

/** Who asks for an append. */
public enum AppendOrigin {
    /** A producer, over any door: everything is checked and control batches are refused. */
    CLIENT,
    /** A coordinator inside the node, or a leader: may write control batches and needs no base offset of 0. */
    COORDINATOR,
    /** A follower: the batch has its offset and its leader epoch, and was judged by the leader that appended it. */
    REPLICA
}
