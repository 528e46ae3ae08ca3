/** A whole cluster of replicas, with every fault, in one thread and from one seed. */
@NullMarked
package io.thalweg.replication.simulation;

import org.jspecify.annotations.NullMarked;
