import KernelInterface

/// A step of Adam, a parameter at a time: what the kernels of the processor are held to.
func plainAdam<T: Real>(_ call: AdamCall<T>) {
  let (p, m, v, rule) = (call.p, call.m, call.v, call.rule)
  for i in 0..<call.count {
    let slope = call.g[i] + rule.added * p[i]
    m[i] += rule.fresh1 * (slope - m[i])
    v[i] = rule.beta2 * v[i] + rule.fresh2 * slope * slope
    let root = v[i].squareRoot() * rule.inverseRoot + rule.eps
    p[i] = rule.factor * p[i] - rule.stride * m[i] / root
  }
}
