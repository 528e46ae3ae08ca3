package io.thalweg.log.record;

/** Who asks for an append. */
public enum AppendOrigin {
    /** A producer, over any door: everything is checked and control batches are refused. */
    CLIENT,
    /** A coordinator inside the node: may write control batches and needs no base offset of 0. */
    COORDINATOR
}
