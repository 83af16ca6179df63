<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>AddMachineDialog</name>
  <message>
   <source>A code lets one machine join your account at {0}. The app makes it with your access.</source>
   <translation>一个登记码可让一台电脑加入你在 {0} 的账户。应用用你的访问权限生成它。</translation>
  </message>
  <message>
   <source>Add a machine</source>
   <translation>添加一台电脑</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Connect</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Connect to {0} with your account: then the app makes the code for the machine.</source>
   <translation>用你的账户连接到 {0}：之后应用会为那台电脑生成登记码。</translation>
  </message>
  <message>
   <source>Connect with another key</source>
   <translation>用另一个密钥连接</translation>
  </message>
  <message>
   <source>Make a code</source>
   <translation>生成登记码</translation>
  </message>
  <message>
   <source>Not connected to {0}</source>
   <translation>未连接到 {0}</translation>
  </message>
  <message>
   <source>Or the server's operator makes a code with the first command; say the second on the new machine.</source>
   <translation>也可以请服务器管理员用第一条命令生成登记码，再在新电脑上运行第二条。</translation>
  </message>
  <message>
   <source>The window behind this one says why. Close this one to read it.</source>
   <translation>后面的窗口会说明原因。关闭此窗口即可查看。</translation>
  </message>
 </context>
 <context>
  <name>AddProgramDialog</name>
  <message>
   <source>It pauses for this one already.</source>
   <translation>已经会为它暂停。</translation>
  </message>
  <message>
   <source>No program's name is as long as that.</source>
   <translation>没有这么长的程序名。</translation>
  </message>
  <message>
   <source>Or choose one that runs now:</source>
   <translation>或选一个正在运行的：</translation>
  </message>
  <message>
   <source>Pause for a program</source>
   <translation>为某个程序暂停</translation>
  </message>
  <message>
   <source>Pause while it runs</source>
   <translation>它运行时暂停</translation>
  </message>
  <message>
   <source>Program</source>
   <translation>程序</translation>
  </message>
  <message>
   <source>Programs that run now</source>
   <translation>正在运行的程序</translation>
  </message>
  <message>
   <source>The name of its file, such as blender.</source>
   <translation>它的文件名，例如 blender。</translation>
  </message>
  <message>
   <source>While it runs nothing is shared; its name is that of its file, and leaves this computer never.</source>
   <translation>它运行时不共享。名字就是它的文件名，不会离开这台电脑。</translation>
  </message>
 </context>
 <context>
  <name>AddressStrip</name>
  <message>
   <source>API base URL</source>
   <translation>API 基础地址</translation>
  </message>
  <message>
   <source>Build</source>
   <translation>构建</translation>
  </message>
  <message>
   <source>Client domain</source>
   <translation>客户端域名</translation>
  </message>
  <message>
   <source>Environment</source>
   <translation>环境</translation>
  </message>
 </context>
 <context>
  <name>AlertPanel</name>
  <message>
   <source>At most</source>
   <translation>最多</translation>
  </message>
  <message>
   <source>Credits an hour are what a completed unit pays you for its class, after the fee. It is a rate, not a promise: what waits now may be gone in a minute.</source>
   <translation>每小时积分是完成这类单元后扣除手续费付给你的费率，不是承诺：现在等着的，一分钟后可能就没了。</translation>
  </message>
  <message>
   <source>How to read this</source>
   <translation>怎么看</translation>
  </message>
  <message>
   <source>It isn't heard of, a GPU can't be used, is back, or has another driver: each is told once.</source>
   <translation>没有消息、GPU 不能再用或恢复可用、或驱动程序变了：每件事只告诉一次。</translation>
  </message>
  <message>
   <source>Nothing yet</source>
   <translation>还没有</translation>
  </message>
  <message>
   <source>Only while it isn't sharing. Your computer asks the server; nobody else is told.</source>
   <translation>只在它不共享时。由你的电脑去问服务器，不告诉别人。</translation>
  </message>
  <message>
   <source>Paying at least</source>
   <translation>至少支付</translation>
  </message>
  <message>
   <source>Quiet</source>
   <translation>免打扰</translation>
  </message>
  <message>
   <source>Quiet from</source>
   <translation>免打扰开始</translation>
  </message>
  <message>
   <source>Quiet until</source>
   <translation>免打扰结束</translation>
  </message>
  <message>
   <source>Tell me when a machine stops earning</source>
   <translation>电脑停止赚取时告诉我</translation>
  </message>
  <message>
   <source>Tell me when my GPU is wanted</source>
   <translation>有人需要我的显卡时通知我</translation>
  </message>
  <message>
   <source>There is no tray here now: nothing can be told while the window is closed.</source>
   <translation>现在没有托盘：窗口关着时无法通知。</translation>
  </message>
  <message>
   <source>Told so far</source>
   <translation>已通知</translation>
  </message>
  <message>
   <source>Units it could run</source>
   <translation>可运行的单元</translation>
  </message>
  <message>
   <source>Waiting longer than</source>
   <translation>等待超过</translation>
  </message>
  <message>
   <source>When a machine stops earning</source>
   <translation>电脑停止赚取时</translation>
  </message>
  <message>
   <source>Whose work it is and what it does is never shown.</source>
   <translation>从不显示是谁的工作、做什么。</translation>
  </message>
  <message>
   <source>a day</source>
   <translation>次/天</translation>
  </message>
  <message>
   <source>an hour</source>
   <translation>每小时</translation>
  </message>
  <message>
   <source>min</source>
   <translation>分钟</translation>
  </message>
  <message>
   <source>or more</source>
   <translation>个以上</translation>
  </message>
  <message>
   <source>{0} ({1})</source>
   <translation>{0}（{1}）</translation>
  </message>
  <message>
   <source>{0}: {1}</source>
   <translation>{0}：{1}</translation>
  </message>
 </context>
 <context>
  <name>ApiDocs</name>
  <message>
   <source>API docs</source>
   <translation>API 文档</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>连接服务器</translation>
  </message>
  <message>
   <source>Contents</source>
   <translation>目录</translation>
  </message>
  <message>
   <source>Find in the docs</source>
   <translation>在文档中查找</translation>
  </message>
  <message>
   <source>Find in the docs; Enter for the next</source>
   <translation>在文档中查找；回车到下一处</translation>
  </message>
  <message>
   <source>Guide</source>
   <translation>指南</translation>
  </message>
  <message>
   <source>No server has answered yet</source>
   <translation>还没有服务器应答</translation>
  </message>
  <message>
   <source>Save the OpenAPI file</source>
   <translation>保存 OpenAPI 文件</translation>
  </message>
  <message>
   <source>Save this server's OpenAPI file</source>
   <translation>保存这台服务器的 OpenAPI 文件</translation>
  </message>
  <message>
   <source>Show the folder</source>
   <translation>打开文件夹</translation>
  </message>
  <message>
   <source>This page is made from what a server says of itself.</source>
   <translation>本页由服务器自己提供的信息生成。</translation>
  </message>
  <message>
   <source>{0} is saved</source>
   <translation>{0} 已保存</translation>
  </message>
 </context>
 <context>
  <name>ApiKeysPage</name>
  <message>
   <source>A program that trains with your account needs a key of its own. Its secret is shown once.</source>
   <translation>用你的账户训练的程序需要一把自己的密钥。密钥只显示一次。</translation>
  </message>
  <message>
   <source>API docs</source>
   <translation>API 文档</translation>
  </message>
  <message>
   <source>API keys</source>
   <translation>API 密钥</translation>
  </message>
  <message>
   <source>API keys belong to an account on a server.</source>
   <translation>API 密钥属于服务器上的账户。</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>连接服务器</translation>
  </message>
  <message>
   <source>Copy id</source>
   <translation>复制标识</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>Let a program in</source>
   <translation>允许程序登录</translation>
  </message>
  <message>
   <source>New key</source>
   <translation>新建密钥</translation>
  </message>
  <message>
   <source>No API keys yet</source>
   <translation>还没有 API 密钥</translation>
  </message>
  <message>
   <source>Not connected to a server</source>
   <translation>未连接服务器</translation>
  </message>
  <message>
   <source>Revoke it</source>
   <translation>吊销</translation>
  </message>
  <message>
   <source>Revoke {0}?</source>
   <translation>吊销“{0}”？</translation>
  </message>
  <message>
   <source>Revoke…</source>
   <translation>吊销…</translation>
  </message>
  <message>
   <source>{0} in use</source>
   <translation>{0} 把有效</translation>
  </message>
  <message>
   <source>{0} in use, {1} revoked</source>
   <translation>{0} 把有效，{1} 把已吊销</translation>
  </message>
 </context>
 <context>
  <name>Article</name>
  <message>
   <source>A completion that is sent again is told by its compute_unit_id and not charged twice.</source>
   <translation>重放的重复完成事件按 compute_unit_id 去重,不会重复扣费。</translation>
  </message>
  <message>
   <source>A failed, refused or unverified compute unit does not cost credits.</source>
   <translation>失败 / 被拒 / 校验未通过的 compute unit 不扣积分。</translation>
  </message>
  <message>
   <source>All calls of programs carry an API key in the X-API-Key header. Create one on the API keys page.</source>
   <translation>所有程序化调用需要在 X-API-Key 头中携带 API Key。请到 API Key 页面创建。</translation>
  </message>
  <message>
   <source>An Idempotency-Key header in POST /customer/training-jobs makes retries safe. The same key with the same body gives the job that was made; with another body it is refused as IDEMPOTENCY_CONFLICT.</source>
   <translation>在 POST /customer/training-jobs 上传 Idempotency-Key 头可让重试安全。相同 key + 相同请求体返回原任务;相同 key + 不同请求体会被 IDEMPOTENCY_CONFLICT 拒绝。</translation>
  </message>
  <message>
   <source>Answer of a list</source>
   <translation>列表的响应</translation>
  </message>
  <message>
   <source>Artifacts</source>
   <translation>查询产物</translation>
  </message>
  <message>
   <source>At most {0} compute units a day for each customer.</source>
   <translation>每个客户每天最多 {0} 个 compute unit。</translation>
  </message>
  <message>
   <source>At most {0} training jobs a minute for each customer.</source>
   <translation>每个客户每分钟最多 {0} 个训练任务。</translation>
  </message>
  <message>
   <source>At most {0} training jobs running at once.</source>
   <translation>同时运行的训练任务最多 {0} 个。</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Authentication header</source>
   <translation>认证请求头</translation>
  </message>
  <message>
   <source>Create a training job</source>
   <translation>创建训练任务</translation>
  </message>
  <message>
   <source>Create an API key</source>
   <translation>创建 API 密钥</translation>
  </message>
  <message>
   <source>Credit rules</source>
   <translation>积分规则</translation>
  </message>
  <message>
   <source>Each completed compute unit costs credits by its workload's rate.</source>
   <translation>每个完成的 compute unit 按工作负载费率扣积分。</translation>
  </message>
  <message>
   <source>Error codes</source>
   <translation>错误码</translation>
  </message>
  <message>
   <source>Every customer answer carries X-RateLimit-Limit / -Remaining / -Reset; a 429 carries Retry-After.</source>
   <translation>所有 customer 响应都带 X-RateLimit-Limit / -Remaining / -Reset;429 响应带 Retry-After。</translation>
  </message>
  <message>
   <source>GPU-Agent is a network of computers in homes, each different, for training of customers' own. You upload your own dataset and training package (a zip with a Python entry); the platform plans the job as a DAG of CPU and GPU compute units and gives them to controlled home nodes that can run them. Use the pages Datasets, Training packages and Training jobs at the left, and see the customer-custom-training-guide.</source>
   <translation>GPU-Agent 是面向客户自定义训练的家庭异构算力网络。客户上传自己的数据集和训练包(Python 入口 zip),平台将训练任务规划成 CPU + GPU 计算单元 DAG,分发给具备能力的受控级家庭节点执行。请使用左侧的「数据集 / 训练包 / 训练任务」页面,并参考 customer-custom-training-guide 文档。</translation>
  </message>
  <message>
   <source>Get one training job</source>
   <translation>查询单个训练任务</translation>
  </message>
  <message>
   <source>Idempotency</source>
   <translation>幂等性</translation>
  </message>
  <message>
   <source>Idempotency header</source>
   <translation>幂等请求头</translation>
  </message>
  <message>
   <source>Install an SDK locally (alpha – not published on PyPI or npm yet).</source>
   <translation>本地安装 SDK(alpha — 暂不发布到 PyPI / npm)。</translation>
  </message>
  <message>
   <source>Jobs and units</source>
   <translation>查询任务与单元</translation>
  </message>
  <message>
   <source>List a job's artifacts (checkpoint / metrics / logs)</source>
   <translation>查询训练产物(checkpoint / metrics / logs)</translation>
  </message>
  <message>
   <source>List a job's compute units</source>
   <translation>查询训练任务的 compute units</translation>
  </message>
  <message>
   <source>List training jobs</source>
   <translation>查询训练任务列表</translation>
  </message>
  <message>
   <source>Lists answer {{ data, page: {{ limit, next_cursor, has_more }} }}. Cursors only go forward. limit is {0} by default and {1} at most.</source>
   <translation>列表接口返回 {{ data, page: {{ limit, next_cursor, has_more }} }}。仅支持向前游标。默认 limit {0},最大 {1}。</translation>
  </message>
  <message>
   <source>Pagination</source>
   <translation>分页</translation>
  </message>
  <message>
   <source>Product direction</source>
   <translation>产品方向</translation>
  </message>
  <message>
   <source>Rate limits</source>
   <translation>速率限制</translation>
  </message>
  <message>
   <source>This server's certificate is of an own authority, whose file the examples name: {0}</source>
   <translation>这台服务器的证书由自建的证书机构签发，示例中写明了该机构的文件：{0}</translation>
  </message>
  <message>
   <source>Usage</source>
   <translation>查询用量</translation>
  </message>
  <message>
   <source>What begins with curl is for a POSIX shell; on Windows that is Git Bash or WSL, not PowerShell.</source>
   <translation>以 curl 开头的示例适用于 POSIX shell；在 Windows 上请使用 Git Bash 或 WSL，而不是 PowerShell。</translation>
  </message>
  <message>
   <source>from this server's /meta, {0} in all</source>
   <translation>来自这台服务器的 /meta，共 {0} 个</translation>
  </message>
 </context>
 <context>
  <name>ArtifactsPanel</name>
  <message>
   <source>Artifacts</source>
   <translation>产物</translation>
  </message>
  <message>
   <source>Download all</source>
   <translation>全部下载</translation>
  </message>
  <message>
   <source>Enter downloads, stops or shows the file</source>
   <translation>按 Enter 下载、停止或显示文件</translation>
  </message>
 </context>
 <context>
  <name>AttemptPanel</name>
  <message>
   <source>1 processor</source>
   <translation>1 个处理器核心</translation>
  </message>
  <message>
   <source>Course</source>
   <translation>过程</translation>
  </message>
  <message>
   <source>Earned {0} credits</source>
   <translation>获得 {0} 积分</translation>
  </message>
  <message>
   <source>Energy</source>
   <translation>电量</translation>
  </message>
  <message>
   <source>It might</source>
   <translation>它可以</translation>
  </message>
  <message>
   <source>It might not</source>
   <translation>它不可以</translation>
  </message>
  <message>
   <source>Let this package in again</source>
   <translation>重新允许这个训练包</translation>
  </message>
  <message>
   <source>Limits</source>
   <translation>上限</translation>
  </message>
  <message>
   <source>Machine</source>
   <translation>机器</translation>
  </message>
  <message>
   <source>Nothing: no box works on this machine</source>
   <translation>没有：这台机器上没有可用的沙箱</translation>
  </message>
  <message>
   <source>Others {0}</source>
   <translation>其他节点 {0}</translation>
  </message>
  <message>
   <source>Package</source>
   <translation>训练包</translation>
  </message>
  <message>
   <source>Reach the network</source>
   <translation>访问网络</translation>
  </message>
  <message>
   <source>Read its package and its data, {0}</source>
   <translation>读它的训练包和数据，{0}</translation>
  </message>
  <message>
   <source>Report and stop this</source>
   <translation>举报并停止</translation>
  </message>
  <message>
   <source>See your files and programs</source>
   <translation>看到你的文件和程序</translation>
  </message>
  <message>
   <source>Sensitivity</source>
   <translation>敏感度</translation>
  </message>
  <message>
   <source>Such a machine runs nothing but your own jobs.</source>
   <translation>这样的机器只运行你自己的任务。</translation>
  </message>
  <message>
   <source>The box stood around it from its start to its end.</source>
   <translation>从头到尾都在沙箱里运行。</translation>
  </message>
  <message>
   <source>This machine {0} · {1}</source>
   <translation>这台机器 {0} · {1}</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时长</translation>
  </message>
  <message>
   <source>Traffic</source>
   <translation>流量</translation>
  </message>
  <message>
   <source>Use other GPUs, camera or keyboard</source>
   <translation>使用其他显卡、摄像头或键盘</translation>
  </message>
  <message>
   <source>Use this GPU alone: {0}</source>
   <translation>只用这块显卡：{0}</translation>
  </message>
  <message>
   <source>Write its own folder, at most {0}</source>
   <translation>写它自己的文件夹，最多 {0}</translation>
  </message>
  <message>
   <source>You keep this package off your machines since {0}.</source>
   <translation>从 {0} 起，你的机器不再运行这个训练包。</translation>
  </message>
  <message>
   <source>leased to this machine</source>
   <translation>租给这台机器</translation>
  </message>
  <message>
   <source>nothing of it is left on this computer</source>
   <translation>本机上已没有它的任何内容</translation>
  </message>
  <message>
   <source>started</source>
   <translation>开始</translation>
  </message>
  <message>
   <source>{0} ({1}), at most {2}</source>
   <translation>{0}（{1}），最多 {2}</translation>
  </message>
  <message>
   <source>{0} in, {1} result, {2} checkpoints</source>
   <translation>输入 {0}，结果 {1}，检查点 {2}</translation>
  </message>
  <message>
   <source>{0} of GPU memory</source>
   <translation>显存 {0}</translation>
  </message>
  <message>
   <source>{0} of disk</source>
   <translation>磁盘 {0}</translation>
  </message>
  <message>
   <source>{0} of memory</source>
   <translation>内存 {0}</translation>
  </message>
  <message>
   <source>{0} processors</source>
   <translation>{0} 个处理器核心</translation>
  </message>
  <message>
   <source>{0}, and still earned {1} credits</source>
   <translation>{0}，仍得 {1} 积分</translation>
  </message>
  <message>
   <source>{0}, at most {1}</source>
   <translation>{0}，最多 {1}</translation>
  </message>
  <message>
   <source>{0}: earned nothing</source>
   <translation>{0}：没有收入</translation>
  </message>
  <message>
   <source>{0}: what it earns isn't settled yet</source>
   <translation>{0}：收入尚未结算</translation>
  </message>
  <message>
   <source>{0}; this machine's tier: {1}</source>
   <translation>{0}，这台机器的等级：{1}</translation>
  </message>
 </context>
 <context>
  <name>Banner</name>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Copied</source>
   <translation>已复制</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy diagnostics</source>
   <translation>复制诊断信息</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>request id</source>
   <translation>请求 ID</translation>
  </message>
 </context>
 <context>
  <name>Blocking</name>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>What ran of it there is being stopped, and the operator has your report.</source>
   <translation>正在那里运行的会被停止，运营方已收到你的举报。</translation>
  </message>
  <message>
   <source>With that your report to the operator is taken back.</source>
   <translation>同时撤回了你对运营方的举报。</translation>
  </message>
  <message>
   <source>{0} is kept off your machines</source>
   <translation>你的机器不再运行 {0}</translation>
  </message>
  <message>
   <source>{0} may run on your machines again</source>
   <translation>{0} 又可以在你的机器上运行</translation>
  </message>
 </context>
 <context>
  <name>ChangeNotice</name>
  <message>
   <source>Send v{0}</source>
   <translation>发送 v{0}</translation>
  </message>
  <message>
   <source>The file has changed since v{0}.</source>
   <translation>文件自 v{0} 以来有变化。</translation>
  </message>
  <message>
   <source>The folder has changed since v{0}.</source>
   <translation>文件夹自 v{0} 以来有变化。</translation>
  </message>
  <message>
   <source>This version sends {0}.</source>
   <translation>新版本只需发送 {0}。</translation>
  </message>
  <message>
   <source>{0} of {1} chunks are new</source>
   <translation>{1} 个数据块中有 {0} 个是新的</translation>
  </message>
 </context>
 <context>
  <name>CheckPanel</name>
  <message>
   <source>Check again</source>
   <translation>重新检查</translation>
  </message>
  <message>
   <source>Copy all</source>
   <translation>全部复制</translation>
  </message>
  <message>
   <source>Mend it in a terminal</source>
   <translation>在终端里修复</translation>
  </message>
  <message>
   <source>Until then</source>
   <translation>在此之前</translation>
  </message>
  <message>
   <source>What to do</source>
   <translation>怎么办</translation>
  </message>
  <message>
   <source>What was seen</source>
   <translation>看到的输出</translation>
  </message>
 </context>
 <context>
  <name>Chooser</name>
  <message>
   <source>API key</source>
   <translation>API 密钥</translation>
  </message>
  <message>
   <source>Dataset</source>
   <translation>数据集</translation>
  </message>
  <message>
   <source>Fill in with mine:</source>
   <translation>用我的内容填写：</translation>
  </message>
  <message>
   <source>Placeholder</source>
   <translation>占位内容</translation>
  </message>
  <message>
   <source>Placeholder key</source>
   <translation>占位密钥</translation>
  </message>
  <message>
   <source>Training package</source>
   <translation>训练包</translation>
  </message>
 </context>
 <context>
  <name>CodePanel</name>
  <message>
   <source>, </source>
   <translation>、</translation>
  </message>
  <message>
   <source>Copy this file into that folder, too: {0}</source>
   <translation>把这个文件也复制到该文件夹：{0}</translation>
  </message>
  <message>
   <source>Enrollment code</source>
   <translation>登记码</translation>
  </message>
  <message>
   <source>Good for {0}, for one machine. Keep it to yourself.</source>
   <translation>还有 {0} 有效，只能用于一台电脑。请勿告诉别人。</translation>
  </message>
  <message>
   <source>Make another</source>
   <translation>再生成一个</translation>
  </message>
  <message>
   <source>Or with a screen: open GPU-Agent there, Share my GPU, and give it {0} and the code.</source>
   <translation>如果那台电脑有屏幕：在那里打开 GPU-Agent，选“共享我的显卡”，填入 {0} 和登记码。</translation>
  </message>
  <message>
   <source>Put the folder of GPU-Agent on the new machine, by git or as a copy, and open a terminal in it.</source>
   <translation>把 GPU-Agent 的文件夹放到新电脑上（用 git 或直接复制），并在其中打开终端。</translation>
  </message>
  <message>
   <source>Say this there; the first time it sets the program up:</source>
   <translation>在那里运行这条命令；首次运行会先装好程序：</translation>
  </message>
  <message>
   <source>The code has ended. Make another one.</source>
   <translation>登记码已过期。请再生成一个。</translation>
  </message>
  <message>
   <source>This access may not read your machines, so the window can't tell when it has joined.</source>
   <translation>此访问权限不能查看你的电脑，所以窗口无法得知它何时加入。</translation>
  </message>
  <message>
   <source>Waiting for the machine. It begins paused: nothing runs there before you press Share.</source>
   <translation>正在等待那台电脑。它开始时是暂停的：在你按下“共享”之前，那里什么都不会运行。</translation>
  </message>
  <message>
   <source>the code</source>
   <translation>登记码</translation>
  </message>
  <message>
   <source>the command</source>
   <translation>命令</translation>
  </message>
  <message>
   <source>{0} has joined. It begins paused: press Share there, or say {1}</source>
   <translation>{0} 已加入。它开始时是暂停的：在那里按“共享”，或运行 {1}</translation>
  </message>
  <message>
   <source>{0} have joined. They begin paused: press Share there, or say {1}</source>
   <translation>{0} 已加入。它们开始时是暂停的：在那里按“共享”，或运行 {1}</translation>
  </message>
  <message>
   <source>{0} is this computer alone: no other machine reaches the server by this address.</source>
   <translation>{0} 只指这台电脑：别的电脑无法用这个地址连到服务器。</translation>
  </message>
 </context>
 <context>
  <name>CommandSteps</name>
  <message>
   <source>Copied</source>
   <translation>已复制</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy: {0}</source>
   <translation>复制：{0}</translation>
  </message>
 </context>
 <context>
  <name>ConnectDialog</name>
  <message>
   <source>API key</source>
   <translation>API 密钥</translation>
  </message>
 </context>
 <context>
  <name>Connecting</name>
  <message>
   <source>Connected, but the key can't be kept</source>
   <translation>已连接，但密钥无法保存</translation>
  </message>
  <message>
   <source>Enter another key</source>
   <translation>输入另一个密钥</translation>
  </message>
  <message>
   <source>Enter the key</source>
   <translation>输入密钥</translation>
  </message>
  <message>
   <source>Keys are kept in a file that only you can read</source>
   <translation>密钥保存在只有你能读取的文件里</translation>
  </message>
  <message>
   <source>Make room there and connect again; else the window asks for the key at its next start.</source>
   <translation>请在该处腾出空间后重新连接；否则下次启动时窗口会再次询问密钥。</translation>
  </message>
  <message>
   <source>Nothing is lost: jobs go on at the server, and uploads that stopped go on with another key.</source>
   <translation>没有任何丢失：任务在服务器上继续运行，停下的上传会用新密钥继续。</translation>
  </message>
  <message>
   <source>Sending 1,797 handwritten digits and the training package</source>
   <translation>正在发送 1,797 张手写数字和训练包</translation>
  </message>
  <message>
   <source>Starting a server and a node on this computer</source>
   <translation>正在本机启动服务端和节点</translation>
  </message>
  <message>
   <source>The key of {0} is not on this computer</source>
   <translation>这台电脑上没有 {0} 的密钥</translation>
  </message>
  <message>
   <source>The operator of the server makes one.</source>
   <translation>新密钥由服务器管理员创建。</translation>
  </message>
  <message>
   <source>{0}. The file: {1}</source>
   <translation>{0}。文件：{1}</translation>
  </message>
 </context>
 <context>
  <name>ContentPage</name>
  <message>
   <source>Delete {0}</source>
   <translation>删除 {0}</translation>
  </message>
  <message>
   <source>Delete {0}?</source>
   <translation>删除 {0}？</translation>
  </message>
  <message>
   <source>Jobs that run keep it until they end. This can't be undone.</source>
   <translation>正在运行的任务会保留它直到结束。此操作无法撤销。</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>保留</translation>
  </message>
 </context>
 <context>
  <name>CopyButton</name>
  <message>
   <source>Copied</source>
   <translation>已复制</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy {0}</source>
   <translation>复制{0}</translation>
  </message>
 </context>
 <context>
  <name>CreateKeyDialog</name>
  <message>
   <source>A name says later which program this key is for.</source>
   <translation>名称说明以后这把密钥是给哪个程序用的。</translation>
  </message>
  <message>
   <source>Choose at least one thing that it may do.</source>
   <translation>至少选择一项权限。</translation>
  </message>
  <message>
   <source>Chosen one by one</source>
   <translation>逐项选择</translation>
  </message>
  <message>
   <source>Create key</source>
   <translation>创建密钥</translation>
  </message>
  <message>
   <source>Give each program a key of its own, with no more than it needs. Scopes can't be changed later.</source>
   <translation>给每个程序一把自己的密钥，权限够用就好。权限创建后不能改。</translation>
  </message>
  <message>
   <source>It may</source>
   <translation>它可以</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>New API key</source>
   <translation>新建 API 密钥</translation>
  </message>
  <message>
   <source>training script</source>
   <translation>训练脚本</translation>
  </message>
 </context>
 <context>
  <name>Datasets</name>
  <message>
   <source>A file or folder: CSV, images, anything your code reads. Only you and your jobs can see it.</source>
   <translation>一个文件或文件夹：CSV、图片，或你的代码能读取的任何内容。只有你和你的任务能看到。</translation>
  </message>
  <message>
   <source>Add your first dataset</source>
   <translation>添加第一个数据集</translation>
  </message>
  <message>
   <source>Choose file</source>
   <translation>选择文件</translation>
  </message>
  <message>
   <source>Choose folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Copy id</source>
   <translation>复制 ID</translation>
  </message>
  <message>
   <source>Datasets</source>
   <translation>数据集</translation>
  </message>
  <message>
   <source>Delete v{0}</source>
   <translation>删除 v{0}</translation>
  </message>
  <message>
   <source>Drop a file or folder anywhere</source>
   <translation>把文件或文件夹拖到任意位置</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Find a dataset</source>
   <translation>查找数据集</translation>
  </message>
  <message>
   <source>More</source>
   <translation>更多</translation>
  </message>
  <message>
   <source>Not finished</source>
   <translation>未完成</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>被拒绝</translation>
  </message>
  <message>
   <source>Retrying, {0}% kept</source>
   <translation>正在重试，已保留 {0}%</translation>
  </message>
  <message>
   <source>Train with it</source>
   <translation>用它训练</translation>
  </message>
  <message>
   <source>Train with v{0}</source>
   <translation>用 v{0} 训练</translation>
  </message>
  <message>
   <source>Unfinished uploads go on where they stopped.</source>
   <translation>未完成的上传会从停下的地方继续。</translation>
  </message>
  <message>
   <source>Use the bundled example</source>
   <translation>使用自带示例</translation>
  </message>
  <message>
   <source>Versions</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>unchanged chunks are kept once</source>
   <translation>未变的数据块只存一份</translation>
  </message>
 </context>
 <context>
  <name>DayLanes</name>
  <message>
   <source>What each GPU did today</source>
   <translation>今天每块显卡做了什么</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
 </context>
 <context>
  <name>DeliveriesPanel</name>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Deliveries</source>
   <translation>投递</translation>
  </message>
  <message>
   <source>Everything was delivered.</source>
   <translation>全部已送达。</translation>
  </message>
  <message>
   <source>More actions</source>
   <translation>更多操作</translation>
  </message>
  <message>
   <source>Not delivered</source>
   <translation>未送达</translation>
  </message>
  <message>
   <source>Not delivered · {0}</source>
   <translation>未送达 · {0}</translation>
  </message>
  <message>
   <source>Nothing was sent here yet. Send a test to see whether your server takes it.</source>
   <translation>还没有向这里发送过。发送一次测试，看看你的服务器是否接收。</translation>
  </message>
  <message>
   <source>Send a test</source>
   <translation>发送测试</translation>
  </message>
  <message>
   <source>a redelivery keeps its webhook-id</source>
   <translation>重新投递保留原来的 webhook-id</translation>
  </message>
 </context>
 <context>
  <name>DeliveryDetail</name>
  <message>
   <source>(empty)</source>
   <translation>（空）</translation>
  </message>
  <message>
   <source>It is being sent.</source>
   <translation>正在发送。</translation>
  </message>
  <message>
   <source>Next try by itself {0}, in {1}</source>
   <translation>下次自动尝试：{0}，{1} 后</translation>
  </message>
  <message>
   <source>Not tried yet</source>
   <translation>还没有尝试</translation>
  </message>
  <message>
   <source>Open the job</source>
   <translation>打开任务</translation>
  </message>
  <message>
   <source>Redeliver now</source>
   <translation>立即重新投递</translation>
  </message>
  <message>
   <source>Request</source>
   <translation>请求</translation>
  </message>
  <message>
   <source>Response</source>
   <translation>响应</translation>
  </message>
  <message>
   <source>Try {0}</source>
   <translation>第 {0} 次尝试</translation>
  </message>
  <message>
   <source>Try {0} of about {1}</source>
   <translation>第 {0} 次尝试，共约 {1} 次</translation>
  </message>
  <message>
   <source>after {0}</source>
   <translation>用时 {0}</translation>
  </message>
  <message>
   <source>gives up {0}, after {1}</source>
   <translation>{0} 放弃，共 {1}</translation>
  </message>
  <message>
   <source>no answer</source>
   <translation>没有应答</translation>
  </message>
  <message>
   <source>{0} h</source>
   <translation>{0} 小时</translation>
  </message>
  <message>
   <source>{0}, from {1}</source>
   <translation>{0}，来自 {1}</translation>
  </message>
  <message>
   <source>{0}: it is not tried again by itself.</source>
   <translation>{0}：不会再自动尝试。</translation>
  </message>
 </context>
 <context>
  <name>DeliveryList</name>
  <message>
   <source>Show older ones</source>
   <translation>显示更早的</translation>
  </message>
 </context>
 <context>
  <name>DemandPage</name>
  <message>
   <source>Ask again</source>
   <translation>再问一次</translation>
  </message>
  <message>
   <source>Asked for, last 24 h</source>
   <translation>最近 24 小时的需求</translation>
  </message>
  <message>
   <source>Best that it can earn</source>
   <translation>最高可挣</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>连接服务器</translation>
  </message>
  <message>
   <source>Credits / h</source>
   <translation>积分/小时</translation>
  </message>
  <message>
   <source>Demand</source>
   <translation>需求</translation>
  </message>
  <message>
   <source>Every unit that a customer has asked for runs or is done. It is asked again every 15 s.</source>
   <translation>客户要的单元都在运行或已完成。每 15 秒再问一次。</translation>
  </message>
  <message>
   <source>Longest</source>
   <translation>最久</translation>
  </message>
  <message>
   <source>Longest waiting</source>
   <translation>等得最久</translation>
  </message>
  <message>
   <source>Machine</source>
   <translation>电脑</translation>
  </message>
  <message>
   <source>Not connected to a server</source>
   <translation>没有连接服务器</translation>
  </message>
  <message>
   <source>Nothing waits now</source>
   <translation>现在没有等待的单元</translation>
  </message>
  <message>
   <source>Tell me</source>
   <translation>通知我</translation>
  </message>
  <message>
   <source>This machine</source>
   <translation>这台电脑</translation>
  </message>
  <message>
   <source>This machine can run</source>
   <translation>这台电脑可运行</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>单元</translation>
  </message>
  <message>
   <source>Waiting now</source>
   <translation>正在等待</translation>
  </message>
  <message>
   <source>What is asked for is known to the server that your machines work for.</source>
   <translation>需求由你的电脑所服务的服务器掌握。</translation>
  </message>
  <message>
   <source>What waits</source>
   <translation>等待的工作</translation>
  </message>
  <message>
   <source>as of {0}, every 15 s</source>
   <translation>截至 {0}，每 15 秒更新</translation>
  </message>
  <message>
   <source>credits an hour</source>
   <translation>积分/小时</translation>
  </message>
  <message>
   <source>it can't as it is</source>
   <translation>按现状不可</translation>
  </message>
  <message>
   <source>no machine of yours</source>
   <translation>没有你的电脑</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>of them</source>
   <translation>个</translation>
  </message>
  <message>
   <source>unit</source>
   <translation>个单元</translation>
  </message>
  <message>
   <source>units</source>
   <translation>个单元</translation>
  </message>
  <message>
   <source>{0} can run</source>
   <translation>{0} 可运行</translation>
  </message>
  <message>
   <source>{0}: {1} can be run, {2} can't</source>
   <translation>{0}：可运行 {1} 个，不可 {2} 个</translation>
  </message>
 </context>
 <context>
  <name>DemandRowView</name>
  <message>
   <source>Can</source>
   <translation>可以运行</translation>
  </message>
  <message>
   <source>Can, GPU {0}</source>
   <translation>可以，GPU {0}</translation>
  </message>
  <message>
   <source>Not judged</source>
   <translation>未判断</translation>
  </message>
  <message>
   <source>after what runs there now</source>
   <translation>等它跑完现在的</translation>
  </message>
  <message>
   <source>as soon as it shares again</source>
   <translation>恢复共享后即可</translation>
  </message>
 </context>
 <context>
  <name>Devices</name>
  <message>
   <source>Busy</source>
   <translation>忙碌</translation>
  </message>
  <message>
   <source>No answer</source>
   <translation>没有回应</translation>
  </message>
  <message>
   <source>Not connected</source>
   <translation>未连接</translation>
  </message>
  <message>
   <source>Not shared</source>
   <translation>未共享</translation>
  </message>
  <message>
   <source>Out of order</source>
   <translation>发生故障</translation>
  </message>
  <message>
   <source>Paused by a rule</source>
   <translation>因规则暂停</translation>
  </message>
  <message>
   <source>Paused by you</source>
   <translation>由你暂停</translation>
  </message>
  <message>
   <source>Waiting for work</source>
   <translation>等待任务</translation>
  </message>
 </context>
 <context>
  <name>Earnings</name>
  <message>
   <source>1 unit</source>
   <translation>1 个单元</translation>
  </message>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>By day</source>
   <translation>按天</translation>
  </message>
  <message>
   <source>By device</source>
   <translation>按设备</translation>
  </message>
  <message>
   <source>Earned a day, in credits</source>
   <translation>每天收入（积分）</translation>
  </message>
  <message>
   <source>Earnings</source>
   <translation>收益</translation>
  </message>
  <message>
   <source>Only what earned nothing</source>
   <translation>只看没有收入的</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>单元</translation>
  </message>
  <message>
   <source>What was settled, in UTC days. Waiting units aren't counted yet.</source>
   <translation>结算后的实际收入，按 UTC 日期；待结算的未计入。</translation>
  </message>
  <message>
   <source>d MMM</source>
   <comment>a UTC day in QDate's letters</comment>
   <translation>M/d</translation>
  </message>
  <message>
   <source>{0} credits a kWh</source>
   <translation>每度电 {0} 积分</translation>
  </message>
  <message>
   <source>{0} d</source>
   <translation>{0} 天</translation>
  </message>
  <message>
   <source>{0} days</source>
   <translation>{0} 天</translation>
  </message>
  <message>
   <source>{0} others</source>
   <translation>其他 {0} 个</translation>
  </message>
  <message>
   <source>{0} units</source>
   <translation>{0} 个单元</translation>
  </message>
  <message>
   <source>{0}: {1} credits</source>
   <translation>{0}：{1} 积分</translation>
  </message>
 </context>
 <context>
  <name>EarningsStrip</name>
  <message>
   <source>A usual day</source>
   <translation>平常一天</translation>
  </message>
  <message>
   <source>After electricity</source>
   <translation>扣除电费后</translation>
  </message>
  <message>
   <source>Earned</source>
   <translation>收入</translation>
  </message>
  <message>
   <source>Electricity</source>
   <translation>电费</translation>
  </message>
  <message>
   <source>Energy of GPUs</source>
   <translation>显卡电量</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>待结算</translation>
  </message>
  <message>
   <source>a command tells the price of now alone</source>
   <translation>电价命令只给出当前价格</translation>
  </message>
  <message>
   <source>a part of the energy isn't known</source>
   <translation>一部分电量未知</translation>
  </message>
  <message>
   <source>about {0}</source>
   <translation>约 {0}</translation>
  </message>
  <message>
   <source>after {0} results on whole days, {1} so far</source>
   <translation>完整的日子里有 {0} 个结果后显示，目前 {1} 个</translation>
  </message>
  <message>
   <source>at {0} a credit</source>
   <translation>按 1 积分 = {0}</translation>
  </message>
  <message>
   <source>at {0} a kWh</source>
   <translation>按 {0} / kWh</translation>
  </message>
  <message>
   <source>credits</source>
   <translation>积分</translation>
  </message>
  <message>
   <source>credits, from {0} results</source>
   <translation>积分，根据 {0} 个结果</translation>
  </message>
  <message>
   <source>no machine here that has a price</source>
   <translation>本机没有设置电价的节点</translation>
  </message>
  <message>
   <source>no machine told it</source>
   <translation>没有机器报告</translation>
  </message>
  <message>
   <source>no machine told its energy</source>
   <translation>没有机器报告电量</translation>
  </message>
  <message>
   <source>nothing ran on a GPU</source>
   <translation>没有在显卡上运行过</translation>
  </message>
  <message>
   <source>of the newest {0}</source>
   <translation>最新的 {0} 个里</translation>
  </message>
  <message>
   <source>say what a credit is worth</source>
   <translation>请填写 1 积分值多少</translation>
  </message>
  <message>
   <source>the cost isn't known</source>
   <translation>电费未知</translation>
  </message>
  <message>
   <source>the rules have no price</source>
   <translation>规则里没有电价</translation>
  </message>
  <message>
   <source>the tariff has gaps</source>
   <translation>电价表有空档</translation>
  </message>
  <message>
   <source>unit</source>
   <translation>个单元</translation>
  </message>
  <message>
   <source>units</source>
   <translation>个单元</translation>
  </message>
  <message>
   <source>{0} of {1} units told it</source>
   <translation>{1} 个单元中 {0} 个有报告</translation>
  </message>
 </context>
 <context>
  <name>EnrolForm</name>
  <message>
   <source>A code is needed to enrol</source>
   <translation>登记需要登记码</translation>
  </message>
  <message>
   <source>Allow plain http to a machine of my own network</source>
   <translation>允许用普通 http 连接我自己网络里的机器</translation>
  </message>
  <message>
   <source>Another computer of yours makes it: My node, Add a machine. Or the operator. It works once.</source>
   <translation>在你的另一台电脑上生成：“我的节点”的“添加一台电脑”；也可以找管理员要。只能用一次。</translation>
  </message>
  <message>
   <source>By my account</source>
   <translation>用我的账户</translation>
  </message>
  <message>
   <source>Code</source>
   <translation>登记码</translation>
  </message>
  <message>
   <source>Connect to the server</source>
   <translation>连接到服务器</translation>
  </message>
  <message>
   <source>Copy the code again, whole.</source>
   <translation>请重新完整复制登记码。</translation>
  </message>
  <message>
   <source>I have a code</source>
   <translation>我有登记码</translation>
  </message>
  <message>
   <source>It starts paused; you decide when it shares</source>
   <translation>开始时是暂停的，由你来开</translation>
  </message>
  <message>
   <source>It trains other people's models while you don't need it, and earns credits for you.</source>
   <translation>你不用的时候，它替别人训练模型，为你挣积分。</translation>
  </message>
  <message>
   <source>It was enrolled earlier. Its node starts as you left it.</source>
   <translation>它已经登记过。节点会按你上次的状态启动。</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Pause is one click away, here and in the tray</source>
   <translation>在这里和托盘里，一点就能暂停</translation>
  </message>
  <message>
   <source>Server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <source>Set up sharing</source>
   <translation>设置共享</translation>
  </message>
  <message>
   <source>Setting up…</source>
   <translation>正在设置…</translation>
  </message>
  <message>
   <source>Share this computer</source>
   <translation>共享这台电脑</translation>
  </message>
  <message>
   <source>Start the node</source>
   <translation>启动节点</translation>
  </message>
  <message>
   <source>Starting…</source>
   <translation>正在启动…</translation>
  </message>
  <message>
   <source>The window is connected to this server: the app makes the code, and uses it at once.</source>
   <translation>窗口已连接到这台服务器：应用会生成登记码并立即使用。</translation>
  </message>
  <message>
   <source>The window isn't connected to this server yet. Connect first; then the app makes the code.</source>
   <translation>窗口还没有连接到这台服务器。请先连接，之后应用会生成登记码。</translation>
  </message>
  <message>
   <source>This computer isn't shared now</source>
   <translation>这台电脑现在没有共享</translation>
  </message>
  <message>
   <source>Training code can't reach your files or your network</source>
   <translation>训练代码碰不到你的文件和网络</translation>
  </message>
  <message>
   <source>What customers see of this computer. Two random words if you give none.</source>
   <translation>客户看到的这台电脑的名字。不填就用两个随机的词。</translation>
  </message>
  <message>
   <source>Which server is it for?</source>
   <translation>连接哪台服务器？</translation>
  </message>
 </context>
 <context>
  <name>EnrolHere</name>
  <message>
   <source>Connect with another key</source>
   <translation>用另一个密钥连接</translation>
  </message>
 </context>
 <context>
  <name>ErrorTable</name>
  <message>
   <source>Error codes</source>
   <translation>错误码</translation>
  </message>
 </context>
 <context>
  <name>FailureBanner</name>
  <message>
   <source>Retry as it is</source>
   <translation>原样重试</translation>
  </message>
  <message>
   <source>Start again</source>
   <translation>以此再建</translation>
  </message>
  <message>
   <source>Start again with {0} MiB</source>
   <translation>用 {0} MiB 再建</translation>
  </message>
 </context>
 <context>
  <name>Field</name>
  <message>
   <source>Show what is typed</source>
   <translation>显示输入内容</translation>
  </message>
 </context>
 <context>
  <name>FilterBar</name>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>All devices</source>
   <translation>所有设备</translation>
  </message>
  <message>
   <source>All the time</source>
   <translation>全部时间</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>设备</translation>
  </message>
  <message>
   <source>Find a unit or package by its id</source>
   <translation>按 ID 查找单元或训练包</translation>
  </message>
  <message>
   <source>Last {0} days</source>
   <translation>近 {0} 天</translation>
  </message>
  <message>
   <source>No earnings</source>
   <translation>没有收入</translation>
  </message>
  <message>
   <source>Paid</source>
   <translation>已入账</translation>
  </message>
  <message>
   <source>Since when</source>
   <translation>时间范围</translation>
  </message>
  <message>
   <source>Unit or package</source>
   <translation>单元或训练包</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>待结算</translation>
  </message>
 </context>
 <context>
  <name>Finding</name>
  <message>
   <source>Connect to a server to find jobs, packages and datasets too.</source>
   <translation>连接服务器后，也能查找任务、训练包和数据集。</translation>
  </message>
  <message>
   <source>Datasets</source>
   <translation>数据集</translation>
  </message>
  <message>
   <source>Jobs</source>
   <translation>任务</translation>
  </message>
  <message>
   <source>Offline: jobs, packages and datasets can't be looked for now.</source>
   <translation>离线：现在无法查找任务、训练包和数据集。</translation>
  </message>
  <message>
   <source>Packages</source>
   <translation>训练包</translation>
  </message>
  <message>
   <source>There is more: type more of the name.</source>
   <translation>还有更多：请输入更多字。</translation>
  </message>
 </context>
 <context>
  <name>FindingRow</name>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>Rules</source>
   <translation>规则</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>Share now</source>
   <translation>现在恢复共享</translation>
  </message>
  <message>
   <source>Start the node</source>
   <translation>启动节点</translation>
  </message>
 </context>
 <context>
  <name>FirstStart</name>
  <message>
   <source>1,797 handwritten digits, over 95 % accuracy</source>
   <translation>1,797 张手写数字，准确率 95% 以上</translation>
  </message>
  <message>
   <source>Comes with an example; your own data works too</source>
   <translation>自带示例，也可用自己的数据</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>登录服务器</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Earn credits while it is idle; it makes way when you use it.</source>
   <translation>空闲时替别人训练挣积分，你用时自动让开。</translation>
  </message>
  <message>
   <source>Hours, programs and temperature are yours to set</source>
   <translation>时段、程序、温度都由你定</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <source>Looked at here only; nothing was sent</source>
   <translation>只在本机查看，没有发送</translation>
  </message>
  <message>
   <source>Needs a server's address and an API key</source>
   <translation>需要服务器地址和 API 密钥</translation>
  </message>
  <message>
   <source>No account and no network needed</source>
   <translation>不需要账号，也不需要网络</translation>
  </message>
  <message>
   <source>Press</source>
   <translation>按</translation>
  </message>
  <message>
   <source>Server and node run here; a model in about 2 minutes.</source>
   <translation>服务端和节点都在本机，约 2 分钟出模型。</translation>
  </message>
  <message>
   <source>Set up sharing</source>
   <translation>设置共享</translation>
  </message>
  <message>
   <source>Share my GPU</source>
   <translation>共享我的显卡</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>开始试用</translation>
  </message>
  <message>
   <source>Starts paused; you switch it on</source>
   <translation>开始时是暂停的，由你来开</translation>
  </message>
  <message>
   <source>System</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <source>Takes 190 MB; can be deleted as a whole at any time</source>
   <translation>占 190 MB，随时可以整个删掉</translation>
  </message>
  <message>
   <source>This computer</source>
   <translation>这台电脑</translation>
  </message>
  <message>
   <source>Train a model</source>
   <translation>训练模型</translation>
  </message>
  <message>
   <source>Training code reaches neither your files nor your network</source>
   <translation>训练代码碰不到你的文件和网络</translation>
  </message>
  <message>
   <source>Try both on this computer</source>
   <translation>在这台电脑上两样都试试</translation>
  </message>
  <message>
   <source>Upload data and a training package, and train on other people's GPUs.</source>
   <translation>上传数据和训练包，在别人家的显卡上训练。</translation>
  </message>
  <message>
   <source>What would you like to do with GPU-Agent?</source>
   <translation>你想用 GPU-Agent 做什么？</translation>
  </message>
  <message>
   <source>You can switch at the top left at any time, and do both.</source>
   <translation>以后可以在窗口左上角随时切换，两样一起用也行。</translation>
  </message>
  <message>
   <source>You pay credits for completed units only</source>
   <translation>只为完成的单元付积分</translation>
  </message>
  <message>
   <source>to choose,</source>
   <translation>选择，</translation>
  </message>
  <message>
   <source>to confirm</source>
   <translation>确认</translation>
  </message>
 </context>
 <context>
  <name>FirstSteps</name>
  <message>
   <source>1,797 handwritten digits and tiny-mlp: one job, 4 units, at least 95 % accuracy.</source>
   <translation>1,797 张手写数字和 tiny-mlp：一个任务，4 个单元，准确率至少 95%。</translation>
  </message>
  <message>
   <source>A file or folder: CSV, images, anything your code reads. Only you and your jobs can see it.</source>
   <translation>一个文件或文件夹：CSV、图片，或你的代码能读取的任何内容。只有你和你的任务能看到。</translation>
  </message>
  <message>
   <source>A folder or zip with train.py. Every problem is shown with its file and line before it is sent.</source>
   <translation>包含 train.py 的文件夹或 zip。发送前会列出每个问题所在的文件和行。</translation>
  </message>
  <message>
   <source>Add a dataset</source>
   <translation>添加数据集</translation>
  </message>
  <message>
   <source>Add a training package</source>
   <translation>添加训练包</translation>
  </message>
  <message>
   <source>Checkpoints, metrics and models, ready to download.</source>
   <translation>检查点、指标和模型，随时可下载。</translation>
  </message>
  <message>
   <source>Choose file</source>
   <translation>选择文件</translation>
  </message>
  <message>
   <source>Choose folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Choose package</source>
   <translation>选择训练包</translation>
  </message>
  <message>
   <source>Failed units, stopped uploads, low credits.</source>
   <translation>失败的单元、停下的上传、不足的积分。</translation>
  </message>
  <message>
   <source>Later this page shows</source>
   <translation>之后这里会显示</translation>
  </message>
  <message>
   <source>Launch a training job</source>
   <translation>启动训练任务</translation>
  </message>
  <message>
   <source>Live progress, time left and cost of each job.</source>
   <translation>每个任务的实时进度、剩余时间和费用。</translation>
  </message>
  <message>
   <source>Needs attention</source>
   <translation>需要处理</translation>
  </message>
  <message>
   <source>New job</source>
   <translation>新建任务</translation>
  </message>
  <message>
   <source>No data at hand? Run the bundled example</source>
   <translation>手边没有数据？运行自带示例</translation>
  </message>
  <message>
   <source>Recent artifacts</source>
   <translation>最近的产物</translation>
  </message>
  <message>
   <source>Run the example</source>
   <translation>运行示例</translation>
  </message>
  <message>
   <source>Running jobs</source>
   <translation>进行中的任务</translation>
  </message>
  <message>
   <source>See the plan, what it costs and how long it takes. Then launch, and watch it run.</source>
   <translation>先看计划、费用和用时，再启动并看着它运行。</translation>
  </message>
  <message>
   <source>Three steps, about five minutes of your time. Nothing is charged before you launch.</source>
   <translation>三步，大约五分钟。启动之前不收费。</translation>
  </message>
  <message>
   <source>Train your first model</source>
   <translation>训练你的第一个模型</translation>
  </message>
 </context>
 <context>
  <name>FormDialog</name>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
 </context>
 <context>
  <name>Glance</name>
  <message>
   <source>A completion that is sent again counts once, by compute_unit_id</source>
   <translation>重放的完成事件按 compute_unit_id 去重</translation>
  </message>
  <message>
   <source>Authentication</source>
   <translation>认证</translation>
  </message>
  <message>
   <source>Authentication header</source>
   <translation>认证请求头</translation>
  </message>
  <message>
   <source>Compute units today</source>
   <translation>今日计算单元</translation>
  </message>
  <message>
   <source>Create an API key</source>
   <translation>创建 API 密钥</translation>
  </message>
  <message>
   <source>Credit rules</source>
   <translation>积分规则</translation>
  </message>
  <message>
   <source>Each completed compute unit costs credits by its workload's rate</source>
   <translation>每个完成的计算单元按工作负载费率扣积分</translation>
  </message>
  <message>
   <source>Every answer carries X-RateLimit-*; a 429 carries Retry-After</source>
   <translation>响应都带 X-RateLimit-*；429 带 Retry-After</translation>
  </message>
  <message>
   <source>Failed, refused and unverified units cost nothing</source>
   <translation>失败、被拒、校验未通过的不扣积分</translation>
  </message>
  <message>
   <source>New jobs a minute</source>
   <translation>每分钟新任务</translation>
  </message>
  <message>
   <source>Rate limits</source>
   <translation>速率限制</translation>
  </message>
  <message>
   <source>Running at once</source>
   <translation>同时运行</translation>
  </message>
 </context>
 <context>
  <name>GpuCard</name>
  <message>
   <source>Fan</source>
   <translation>风扇</translation>
  </message>
  <message>
   <source>GPU {0} · {1}</source>
   <translation>GPU {0} · {1}</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>显存</translation>
  </message>
  <message>
   <source>Power</source>
   <translation>功率</translation>
  </message>
  <message>
   <source>Share GPU {0}</source>
   <translation>共享 GPU {0}</translation>
  </message>
  <message>
   <source>Temperature</source>
   <translation>温度</translation>
  </message>
  <message>
   <source>all of it</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>by itself</source>
   <translation>自动</translation>
  </message>
  <message>
   <source>no ceiling</source>
   <translation>不设上限</translation>
  </message>
  <message>
   <source>now {0}</source>
   <translation>现在 {0}</translation>
  </message>
 </context>
 <context>
  <name>GpuPanel</name>
  <message>
   <source>% yours</source>
   <translation>% 你在用</translation>
  </message>
  <message>
   <source>GPU {0} · {1}</source>
   <translation>GPU {0} · {1}</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>显存</translation>
  </message>
  <message>
   <source>Power</source>
   <translation>功率</translation>
  </message>
  <message>
   <source>Share GPU {0}</source>
   <translation>共享 GPU {0}</translation>
  </message>
  <message>
   <source>Share this GPU</source>
   <translation>共享此 GPU</translation>
  </message>
  <message>
   <source>Temperature</source>
   <translation>温度</translation>
  </message>
  <message>
   <source>Use</source>
   <translation>使用率</translation>
  </message>
  <message>
   <source>ceiling {0} {1}</source>
   <translation>上限 {0} {1}</translation>
  </message>
  <message>
   <source>fan {0} %</source>
   <translation>风扇 {0} %</translation>
  </message>
  <message>
   <source>last 5 min</source>
   <translation>最近 5 分钟</translation>
  </message>
  <message>
   <source>limit {0}</source>
   <translation>上限 {0}</translation>
  </message>
  <message>
   <source>of {0} GiB</source>
   <translation>/ {0} GiB</translation>
  </message>
  <message>
   <source>{0}, {1} more</source>
   <translation>{0}，另有 {1} 个</translation>
  </message>
 </context>
 <context>
  <name>History</name>
  <message>
   <source>Copy the package's digest</source>
   <translation>复制训练包摘要</translation>
  </message>
  <message>
   <source>Copy the unit's id</source>
   <translation>复制单元 ID</translation>
  </message>
  <message>
   <source>Each unit that runs on your machines stands here for good, with what it was allowed.</source>
   <translation>在你的机器上运行过的每个单元及其权限都会永久留在这里。</translation>
  </message>
  <message>
   <source>History and log</source>
   <translation>历史与日志</translation>
  </message>
  <message>
   <source>Kept off</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>Node log</source>
   <translation>节点日志</translation>
  </message>
  <message>
   <source>Nothing has run here yet</source>
   <translation>这里还没有运行过任何单元</translation>
  </message>
  <message>
   <source>Nothing here fits the filter.</source>
   <translation>没有符合筛选的单元。</translation>
  </message>
  <message>
   <source>Nothing of it is ever deleted</source>
   <translation>历史从不删除</translation>
  </message>
  <message>
   <source>Report and stop this</source>
   <translation>举报并停止</translation>
  </message>
  <message>
   <source>Unit</source>
   <translation>单元详情</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>单元</translation>
  </message>
  <message>
   <source>at least {0}</source>
   <translation>至少 {0}</translation>
  </message>
  <message>
   <source>in {0}, out {1}</source>
   <translation>下载 {0}，上传 {1}</translation>
  </message>
  <message>
   <source>the newest {0} units</source>
   <translation>最新 {0} 个单元</translation>
  </message>
  <message>
   <source>{0} units</source>
   <translation>{0} 个单元</translation>
  </message>
 </context>
 <context>
  <name>HourGrid</name>
  <message>
   <source>, {0} hours marked</source>
   <translation>，已选 {0} 个小时</translation>
  </message>
  <message>
   <source>Hours of the week that are shared</source>
   <translation>一周里共享的时段</translation>
  </message>
  <message>
   <source>not shared</source>
   <translation>不共享</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>无</translation>
  </message>
  <message>
   <source>partly shared</source>
   <translation>部分共享</translation>
  </message>
  <message>
   <source>shared</source>
   <translation>共享</translation>
  </message>
 </context>
 <context>
  <name>HoursPart</name>
  <message>
   <source>Always</source>
   <translation>总是</translation>
  </message>
  <message>
   <source>Drag to paint; arrows and Space by keyboard; click a day or hour for all of it.</source>
   <translation>拖动涂画；键盘用方向键和空格；点日期或钟点选整行或整列。</translation>
  </message>
  <message>
   <source>Hours</source>
   <translation>时段</translation>
  </message>
  <message>
   <source>Nights</source>
   <translation>夜间</translation>
  </message>
  <message>
   <source>None</source>
   <translation>都不</translation>
  </message>
  <message>
   <source>{0} of 168 a week</source>
   <translation>每周 {0} / 168 小时</translation>
  </message>
 </context>
 <context>
  <name>JobActions</name>
  <message>
   <source>Cancel job</source>
   <translation>取消任务</translation>
  </message>
  <message>
   <source>Cancel job, pay {0}</source>
   <translation>取消任务，支付 {0}</translation>
  </message>
  <message>
   <source>Cancel {0}?</source>
   <translation>取消 {0}？</translation>
  </message>
  <message>
   <source>Keep it running</source>
   <translation>继续运行</translation>
  </message>
  <message>
   <source>Retry</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>Start again</source>
   <translation>以此再建</translation>
  </message>
  <message>
   <source>Units that run are stopped and cost nothing; {0} for completed units stays charged, {1} comes back. Artifacts and checkpoints of completed units are kept.</source>
   <translation>正在运行的单元会停止且不收费；已完成单元的 {0} 不退，{1} 会退回。已完成单元的产物和检查点会保留。</translation>
  </message>
 </context>
 <context>
  <name>JobPage</name>
  <message>
   <source>Artifacts</source>
   <translation>产物</translation>
  </message>
  <message>
   <source>Artifacts {0}</source>
   <translation>产物 {0}</translation>
  </message>
  <message>
   <source>Metrics</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>Selected unit</source>
   <translation>所选单元</translation>
  </message>
  <message>
   <source>The model appears after package.</source>
   <translation>模型在打包后出现。</translation>
  </message>
  <message>
   <source>Training job</source>
   <translation>训练任务</translation>
  </message>
  <message>
   <source>Training jobs</source>
   <translation>训练任务</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>计算单元</translation>
  </message>
  <message>
   <source>{0} to {1}</source>
   <translation>{0} 到 {1}</translation>
  </message>
 </context>
 <context>
  <name>JobsPage</name>
  <message>
   <source>A job takes a dataset and a training package and runs them on other people's GPUs. You see what it can cost before you launch it.</source>
   <translation>任务用一个数据集和一个训练包在别人家的显卡上运行。启动前你能看到可能的费用。</translation>
  </message>
  <message>
   <source>Active</source>
   <translation>进行中</translation>
  </message>
  <message>
   <source>Add a dataset first</source>
   <translation>先添加数据集</translation>
  </message>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>All loaded</source>
   <translation>已载入全部</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>Completed</source>
   <translation>已完成</translation>
  </message>
  <message>
   <source>Copy id</source>
   <translation>复制 ID</translation>
  </message>
  <message>
   <source>Dataset: all</source>
   <translation>数据集：全部</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>Find by name or id</source>
   <translation>按名称或 ID 查找</translation>
  </message>
  <message>
   <source>Load again (F5)</source>
   <translation>重新载入 (F5)</translation>
  </message>
  <message>
   <source>New job</source>
   <translation>新建任务</translation>
  </message>
  <message>
   <source>No training jobs yet</source>
   <translation>还没有训练任务</translation>
  </message>
  <message>
   <source>Nothing matches these filters</source>
   <translation>没有符合筛选条件的任务</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Package: all</source>
   <translation>训练包：全部</translation>
  </message>
  <message>
   <source>Start again</source>
   <translation>以此再建</translation>
  </message>
  <message>
   <source>Training jobs</source>
   <translation>训练任务</translation>
  </message>
 </context>
 <context>
  <name>KeptOff</name>
  <message>
   <source>Let it in again</source>
   <translation>重新允许</translation>
  </message>
  <message>
   <source>No unit of these packages is leased to any of your machines.</source>
   <translation>这些训练包的单元不会租给你的任何机器。</translation>
  </message>
  <message>
   <source>Packages that you keep off</source>
   <translation>你拒绝运行的训练包</translation>
  </message>
  <message>
   <source>Report one from the unit that it ran in: it is stopped, and no unit of it comes back.</source>
   <translation>在它运行过的单元旁举报：它会被停止，它的单元也不会再来。</translation>
  </message>
  <message>
   <source>You keep no package off</source>
   <translation>你没有拒绝任何训练包</translation>
  </message>
 </context>
 <context>
  <name>KeyDetail</name>
  <message>
   <source>Created</source>
   <translation>创建</translation>
  </message>
  <message>
   <source>Id</source>
   <translation>标识</translation>
  </message>
  <message>
   <source>Last used</source>
   <translation>最近使用</translation>
  </message>
  <message>
   <source>Programs that use it get API_KEY_REVOKED at once. Jobs that were started go on. This can't be undone.</source>
   <translation>用它的程序会立刻收到 API_KEY_REVOKED。已经启动的任务继续跑。不能撤回。</translation>
  </message>
  <message>
   <source>Revoke</source>
   <translation>吊销</translation>
  </message>
  <message>
   <source>Revoke “{0}”</source>
   <translation>吊销“{0}”</translation>
  </message>
  <message>
   <source>Revoked</source>
   <translation>吊销</translation>
  </message>
  <message>
   <source>Scopes can't be changed. Make another key with others, then revoke this one.</source>
   <translation>权限创建后不能改。要改就另建一把，再吊销这一把。</translation>
  </message>
  <message>
   <source>This key</source>
   <translation>这把密钥</translation>
  </message>
  <message>
   <source>This window uses it too, and will ask you for another key.</source>
   <translation>本窗口也在用它，之后会向你要另一把密钥。</translation>
  </message>
 </context>
 <context>
  <name>KeyMaking</name>
  <message>
   <source>It fetches its key in a few seconds; from then on the key stands in this list.</source>
   <translation>它会在几秒内取走密钥；之后该密钥会出现在此列表中。</translation>
  </message>
  <message>
   <source>Nobody can use it. Revoke it and make another.</source>
   <translation>谁也用不了它。请吊销后另建一把。</translation>
  </message>
  <message>
   <source>The program is told so.</source>
   <translation>程序会得到通知。</translation>
  </message>
  <message>
   <source>{0} is let in</source>
   <translation>已允许 {0} 登录</translation>
  </message>
  <message>
   <source>{0} was made, but its secret was not told</source>
   <translation>{0} 已创建，但没有收到它的密钥内容</translation>
  </message>
  <message>
   <source>{0} was refused</source>
   <translation>已拒绝 {0}</translation>
  </message>
 </context>
 <context>
  <name>LetInDialog</name>
  <message>
   <source>A program that logs in shows a code. Type in none that you did not have shown yourself.</source>
   <translation>程序登录时会显示一个代码。请勿输入不是由你自己发起的代码。</translation>
  </message>
  <message>
   <source>Choose at least one thing that it may do</source>
   <translation>请至少选择一项它可以做的事</translation>
  </message>
  <message>
   <source>Code</source>
   <translation>代码</translation>
  </message>
  <message>
   <source>Give it a key</source>
   <translation>给它密钥</translation>
  </message>
  <message>
   <source>Good until</source>
   <translation>有效期至</translation>
  </message>
  <message>
   <source>Have the program show you a new one.</source>
   <translation>请让程序显示一个新代码。</translation>
  </message>
  <message>
   <source>It asks from</source>
   <translation>请求来自</translation>
  </message>
  <message>
   <source>It calls itself</source>
   <translation>它自称</translation>
  </message>
  <message>
   <source>Let a program in</source>
   <translation>允许程序登录</translation>
  </message>
  <message>
   <source>Look it up</source>
   <translation>查询</translation>
  </message>
  <message>
   <source>No program waits with this code. Each is good for 15 minutes, and once.</source>
   <translation>没有程序在等待此代码。每个代码有效 15 分钟，且只能用一次。</translation>
  </message>
  <message>
   <source>Refuse it</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>The program shows it: eight letters.</source>
   <translation>程序会显示它：八个字母。</translation>
  </message>
  <message>
   <source>This code was used already</source>
   <translation>此代码已被使用</translation>
  </message>
 </context>
 <context>
  <name>LimitsBar</name>
  <message>
   <source>At once</source>
   <translation>同时进行</translation>
  </message>
  <message>
   <source>Submitted this minute</source>
   <translation>本分钟提交</translation>
  </message>
  <message>
   <source>Units today</source>
   <translation>今日计算单元</translation>
  </message>
 </context>
 <context>
  <name>LimitsPart</name>
  <message>
   <source>A command of yours tells the price.</source>
   <translation>电价由你的命令给出。</translation>
  </message>
  <message>
   <source>A number, such as 0.60.</source>
   <translation>一个数，例如 0.60。</translation>
  </message>
  <message>
   <source>Accept work marked</source>
   <translation>接受标为这些的工作</translation>
  </message>
  <message>
   <source>Computer</source>
   <translation>电脑</translation>
  </message>
  <message>
   <source>Cores</source>
   <translation>核</translation>
  </message>
  <message>
   <source>Disk</source>
   <translation>磁盘</translation>
  </message>
  <message>
   <source>Download</source>
   <translation>下载</translation>
  </message>
  <message>
   <source>Electricity</source>
   <translation>电价</translation>
  </message>
  <message>
   <source>Low sensitive</source>
   <translation>低敏感</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>网络</translation>
  </message>
  <message>
   <source>Per day</source>
   <translation>每天</translation>
  </message>
  <message>
   <source>Public</source>
   <translation>公开</translation>
  </message>
  <message>
   <source>Restricted</source>
   <translation>受限</translation>
  </message>
  <message>
   <source>Run up to</source>
   <translation>运行上限</translation>
  </message>
  <message>
   <source>Sensitive</source>
   <translation>敏感</translation>
  </message>
  <message>
   <source>Upload</source>
   <translation>上传</translation>
  </message>
  <message>
   <source>Your tariff tells the price.</source>
   <translation>电价由你的费率表给出。</translation>
  </message>
  <message>
   <source>a kWh</source>
   <translation>每度</translation>
  </message>
  <message>
   <source>all</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>any price</source>
   <translation>任何价格</translation>
  </message>
  <message>
   <source>data anyone may see</source>
   <translation>谁都可以看的数据</translation>
  </message>
  <message>
   <source>needs tier {0}; this node is {1}</source>
   <translation>需要级别 {0}，此节点是 {1}</translation>
  </message>
  <message>
   <source>no limit</source>
   <translation>不限</translation>
  </message>
  <message>
   <source>not told</source>
   <translation>未填</translation>
  </message>
  <message>
   <source>of {0}</source>
   <translation>共 {0}</translation>
  </message>
  <message>
   <source>the usual; most work</source>
   <translation>通常如此，多数工作</translation>
  </message>
 </context>
 <context>
  <name>LogPanel</name>
  <message>
   <source>It warned of nothing that is still kept.</source>
   <translation>保留的日志里没有警告。</translation>
  </message>
  <message>
   <source>They are being read.</source>
   <translation>正在读取。</translation>
  </message>
  <message>
   <source>What the node warned of last</source>
   <translation>节点最近的警告</translation>
  </message>
 </context>
 <context>
  <name>LogView</name>
  <message>
   <source>Find in this log; Enter for the next</source>
   <translation>在日志中查找；Enter 跳到下一处</translation>
  </message>
  <message>
   <source>Follow</source>
   <translation>跟随</translation>
  </message>
  <message>
   <source>Log</source>
   <translation>日志</translation>
  </message>
  <message>
   <source>Not in this log</source>
   <translation>日志中没有</translation>
  </message>
  <message>
   <source>Search this log</source>
   <translation>搜索日志</translation>
  </message>
 </context>
 <context>
  <name>Login</name>
  <message>
   <source>It starts another command: {0}. Switch off and on to start this program.</source>
   <translation>登录时启动的是另一条命令：{0}。关掉再打开开关，即改为启动本程序。</translation>
  </message>
  <message>
   <source>Sharing goes on as you left it; the window stays closed until you open it.</source>
   <translation>共享按上次的状态继续；窗口在你打开之前不会出现。</translation>
  </message>
  <message>
   <source>Start at login</source>
   <translation>登录时启动</translation>
  </message>
  <message>
   <source>Start in the tray when I log in</source>
   <translation>登录后在托盘中启动</translation>
  </message>
  <message>
   <source>This computer refused: {0}</source>
   <translation>本机拒绝了：{0}</translation>
  </message>
 </context>
 <context>
  <name>MachinePanel</name>
  <message>
   <source>Enrolled</source>
   <translation>登记时间</translation>
  </message>
  <message>
   <source>Not offered</source>
   <translation>未提供</translation>
  </message>
  <message>
   <source>Offered last</source>
   <translation>最近提供</translation>
  </message>
  <message>
   <source>Offers</source>
   <translation>提供</translation>
  </message>
  <message>
   <source>Rename</source>
   <translation>重命名</translation>
  </message>
  <message>
   <source>Rename {0}</source>
   <translation>重命名 {0}</translation>
  </message>
  <message>
   <source>Revoke</source>
   <translation>吊销</translation>
  </message>
  <message>
   <source>Revoke {0}</source>
   <translation>吊销 {0}</translation>
  </message>
  <message>
   <source>Running now</source>
   <translation>正在运行</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>and {0} more</source>
   <translation>另有 {0} 个</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>无</translation>
  </message>
  <message>
   <source>{0}, program {1}</source>
   <translation>{0}，程序 {1}</translation>
  </message>
 </context>
 <context>
  <name>Machines</name>
  <message>
   <source>Keep it</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>Revoke {0}</source>
   <translation>吊销 {0}</translation>
  </message>
  <message>
   <source>Revoke {0}?</source>
   <translation>吊销 {0}？</translation>
  </message>
  <message>
   <source>What runs there goes to another machine, and it gets no work any more. What it earned stays yours. It comes back only with a new enrollment code.</source>
   <translation>在那里运行的任务会转到别的电脑，它不再得到任务。它已赚到的仍归你。只有用新的登记码才能再加入。</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>Connect to a server…</source>
   <translation>连接服务器…</translation>
  </message>
  <message>
   <source>Settings can't be kept</source>
   <translation>设置无法保存</translation>
  </message>
  <message>
   <source>They are in force until the window ends. Make room in that folder, then try again.</source>
   <translation>这些设置在窗口关闭前有效。请在该文件夹腾出空间，然后重试。</translation>
  </message>
  <message>
   <source>This computer</source>
   <translation>这台电脑</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>Try both on this computer</source>
   <translation>在这台电脑上两样都试试</translation>
  </message>
 </context>
 <context>
  <name>MetricPlot</name>
  <message>
   <source>Metrics</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>Metrics over steps</source>
   <translation>随步数变化的指标</translation>
  </message>
  <message>
   <source>What the training logs appears here.</source>
   <translation>训练记录的内容显示在这里。</translation>
  </message>
  <message>
   <source>Which metric</source>
   <translation>选择指标</translation>
  </message>
  <message>
   <source>step {0}</source>
   <translation>步 {0}</translation>
  </message>
  <message>
   <source>try {0} resumes</source>
   <translation>第 {0} 次续跑</translation>
  </message>
 </context>
 <context>
  <name>MyNode</name>
  <message>
   <source>1 other machine</source>
   <translation>另有 1 台电脑</translation>
  </message>
  <message>
   <source>Add a machine</source>
   <translation>添加一台电脑</translation>
  </message>
  <message>
   <source>It earns less:</source>
   <translation>收入会变少：</translation>
  </message>
  <message>
   <source>It isn't earning:</source>
   <translation>现在没有收入：</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>Rules</source>
   <translation>规则</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>Share anyway for 1 h</source>
   <translation>仍然共享 1 小时</translation>
  </message>
  <message>
   <source>Share now</source>
   <translation>现在恢复共享</translation>
  </message>
  <message>
   <source>This computer</source>
   <translation>这台电脑</translation>
  </message>
  <message>
   <source>Troubleshoot</source>
   <translation>排查问题</translation>
  </message>
  <message>
   <source>all heard of</source>
   <translation>都有消息</translation>
  </message>
  <message>
   <source>{0} other machines</source>
   <translation>另有 {0} 台电脑</translation>
  </message>
  <message>
   <source>{0} silent</source>
   <translation>{0} 台没有消息</translation>
  </message>
 </context>
 <context>
  <name>Navigation</name>
  <message>
   <source>Connect</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Find or run</source>
   <translation>查找或执行</translation>
  </message>
  <message>
   <source>Fold the navigation</source>
   <translation>收起导航</translation>
  </message>
  <message>
   <source>More</source>
   <translation>更多</translation>
  </message>
  <message>
   <source>No server</source>
   <translation>没有服务器</translation>
  </message>
  <message>
   <source>Pages</source>
   <translation>页面</translation>
  </message>
  <message>
   <source>Server: {0}</source>
   <translation>服务器：{0}</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>Share</source>
   <translation>共享</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Unfold the navigation</source>
   <translation>展开导航</translation>
  </message>
 </context>
 <context>
  <name>NewJobPage</name>
  <message>
   <source>0 runs on CPUs. A unit that takes more is stopped.</source>
   <translation>0 表示在 CPU 上运行。超出的单元会被停止。</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>返回</translation>
  </message>
  <message>
   <source>Dataset</source>
   <translation>数据集</translation>
  </message>
  <message>
   <source>Disk</source>
   <translation>磁盘</translation>
  </message>
  <message>
   <source>GPU memory</source>
   <translation>显存</translation>
  </message>
  <message>
   <source>How far the data may travel: to which tiers of nodes.</source>
   <translation>数据可以到哪些级别的节点。</translation>
  </message>
  <message>
   <source>It is held for; only what was used is charged.</source>
   <translation>按此预留，只收实际用掉的部分。</translation>
  </message>
  <message>
   <source>Launch</source>
   <translation>启动</translation>
  </message>
  <message>
   <source>Launch · hold {0}</source>
   <translation>启动 · 预留 {0}</translation>
  </message>
  <message>
   <source>Longest time of a unit</source>
   <translation>单元最长时间</translation>
  </message>
  <message>
   <source>Low: controlled and trusted nodes</source>
   <translation>低：受控和可信节点</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>New training job</source>
   <translation>新建训练任务</translation>
  </message>
  <message>
   <source>Parameters</source>
   <translation>参数</translation>
  </message>
  <message>
   <source>Public: any node</source>
   <translation>公开：任何节点</translation>
  </message>
  <message>
   <source>Resources</source>
   <translation>资源</translation>
  </message>
  <message>
   <source>Restricted: my own nodes</source>
   <translation>受限：我自己的节点</translation>
  </message>
  <message>
   <source>Scratch space of each unit, beside the data.</source>
   <translation>每个单元除数据外的临时空间。</translation>
  </message>
  <message>
   <source>Sensitive: trusted nodes</source>
   <translation>敏感：可信节点</translation>
  </message>
  <message>
   <source>Sensitivity</source>
   <translation>敏感度</translation>
  </message>
  <message>
   <source>Training jobs</source>
   <translation>训练任务</translation>
  </message>
  <message>
   <source>Training package</source>
   <translation>训练包</translation>
  </message>
  <message>
   <source>What is trained</source>
   <translation>训练内容</translation>
  </message>
  <message>
   <source>You pay for units that complete. Failed and rejected ones are free.</source>
   <translation>只为完成的单元付费。失败和未通过校验的不收费。</translation>
  </message>
 </context>
 <context>
  <name>NodeLogPart</name>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Copy what is selected, else all that is shown</source>
   <translation>复制选中的内容；没有选中则复制显示的全部</translation>
  </message>
  <message>
   <source>Errors</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Find in the log</source>
   <translation>在日志中查找</translation>
  </message>
  <message>
   <source>Follow</source>
   <translation>跟随最新</translation>
  </message>
  <message>
   <source>Its connections, the units that it ran, and its warnings stand here once it runs.</source>
   <translation>它运行后，连接情况、运行过的单元和警告都会列在这里。</translation>
  </message>
  <message>
   <source>Log of the node of this computer</source>
   <translation>本机节点的日志</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>Nothing here fits the filter.</source>
   <translation>没有符合筛选的行。</translation>
  </message>
  <message>
   <source>Only the user that the node runs as may read it: {0}</source>
   <translation>只有运行节点的那个用户才能读取：{0}</translation>
  </message>
  <message>
   <source>Open the folder of the log</source>
   <translation>打开日志所在文件夹</translation>
  </message>
  <message>
   <source>The node of this computer has said nothing yet</source>
   <translation>本机节点还没有日志</translation>
  </message>
  <message>
   <source>This log can't be read</source>
   <translation>无法读取这份日志</translation>
  </message>
  <message>
   <source>Warnings</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>info</source>
   <translation>信息</translation>
  </message>
  <message>
   <source>older ones are in the folder</source>
   <translation>更早的在文件夹里</translation>
  </message>
  <message>
   <source>warning</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>{0} lines</source>
   <translation>{0} 行</translation>
  </message>
  <message>
   <source>{0} newer wait below</source>
   <translation>下面还有 {0} 行新日志</translation>
  </message>
 </context>
 <context>
  <name>NotOffered</name>
  <message>
   <source>Not offered</source>
   <translation>未提供</translation>
  </message>
  <message>
   <source>To mend it: {0}</source>
   <translation>解决办法：{0}</translation>
  </message>
 </context>
 <context>
  <name>Overview</name>
  <message>
   <source>All jobs</source>
   <translation>全部任务</translation>
  </message>
  <message>
   <source>Ask the operator of this server for more, before a job is refused.</source>
   <translation>请在任务被拒之前向服务器管理员申请更多积分。</translation>
  </message>
  <message>
   <source>Completed jobs leave them here.</source>
   <translation>任务完成后产物会出现在这里。</translation>
  </message>
  <message>
   <source>Credits</source>
   <translation>积分</translation>
  </message>
  <message>
   <source>Customer guide</source>
   <translation>使用指南</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>Jobs at once</source>
   <translation>同时进行的任务</translation>
  </message>
  <message>
   <source>Look</source>
   <translation>查看</translation>
  </message>
  <message>
   <source>Low credits</source>
   <translation>积分不足</translation>
  </message>
  <message>
   <source>Needs attention</source>
   <translation>需要处理</translation>
  </message>
  <message>
   <source>None runs now.</source>
   <translation>现在没有任务在运行。</translation>
  </message>
  <message>
   <source>Nothing. All is well.</source>
   <translation>没有。一切正常。</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Open job</source>
   <translation>打开任务</translation>
  </message>
  <message>
   <source>Overview</source>
   <translation>概览</translation>
  </message>
  <message>
   <source>Planning</source>
   <translation>规划中</translation>
  </message>
  <message>
   <source>Queued</source>
   <translation>排队中</translation>
  </message>
  <message>
   <source>Rate</source>
   <translation>费率</translation>
  </message>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
  </message>
  <message>
   <source>Recent artifacts</source>
   <translation>最近的产物</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>Running jobs</source>
   <translation>进行中的任务</translation>
  </message>
  <message>
   <source>Units today</source>
   <translation>今日计算单元</translation>
  </message>
  <message>
   <source>credits a GPU minute and up · CPU {0}</source>
   <translation>积分/GPU 分钟起 · CPU {0}</translation>
  </message>
  <message>
   <source>none held</source>
   <translation>无预留</translation>
  </message>
  <message>
   <source>resets 00:00 UTC</source>
   <translation>UTC 00:00 重置</translation>
  </message>
  <message>
   <source>{0} charged</source>
   <translation>已扣 {0}</translation>
  </message>
  <message>
   <source>{0} credits left</source>
   <translation>剩余 {0} 积分</translation>
  </message>
  <message>
   <source>{0} held</source>
   <translation>预留 {0}</translation>
  </message>
 </context>
 <context>
  <name>OwnerPage</name>
  <message>
   <source>All machines</source>
   <translation>所有机器</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>连接服务器</translation>
  </message>
  <message>
   <source>Connect with another access</source>
   <translation>换一种方式连接</translation>
  </message>
  <message>
   <source>Export CSV</source>
   <translation>导出 CSV</translation>
  </message>
  <message>
   <source>Export what ran</source>
   <translation>导出运行过的单元</translation>
  </message>
  <message>
   <source>It takes the right nodes:read. Sign in by e-mail, or connect with a key that has it.</source>
   <translation>需要 nodes:read 权限。请用邮箱登录，或用有此权限的密钥连接。</translation>
  </message>
  <message>
   <source>Machine</source>
   <translation>机器</translation>
  </message>
  <message>
   <source>No machine of yours is shared yet</source>
   <translation>你还没有共享任何机器</translation>
  </message>
  <message>
   <source>Not connected to a server</source>
   <translation>没有连接服务器</translation>
  </message>
  <message>
   <source>Share this computer</source>
   <translation>共享这台电脑</translation>
  </message>
  <message>
   <source>Share this computer with an enrollment code of yours; what it runs and earns stands here then.</source>
   <translation>用你的登记码共享这台电脑；之后这里会显示它运行了什么、得到多少。</translation>
  </message>
  <message>
   <source>Show the folder</source>
   <translation>打开文件夹</translation>
  </message>
  <message>
   <source>This access may not read your machines</source>
   <translation>这种登录方式无权查看你的机器</translation>
  </message>
  <message>
   <source>What your machines ran and earned stands on the server that they work for.</source>
   <translation>你的机器运行了什么、得到多少，都保存在它们所服务的服务器上。</translation>
  </message>
  <message>
   <source>{0} is saved, {1} rows</source>
   <translation>{0} 已保存，共 {1} 行</translation>
  </message>
 </context>
 <context>
  <name>OwnerSwitch</name>
  <message>
   <source>Finish, then pause</source>
   <translation>跑完再暂停</translation>
  </message>
  <message>
   <source>Finishing, then pause</source>
   <translation>跑完就暂停</translation>
  </message>
  <message>
   <source>For 1 hour</source>
   <translation>1 小时</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Pause for how long</source>
   <translation>暂停多久</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>Pausing</source>
   <translation>正在暂停</translation>
  </message>
  <message>
   <source>Pausing, {0} s</source>
   <translation>正在暂停，{0} 秒</translation>
  </message>
  <message>
   <source>Share</source>
   <translation>共享</translation>
  </message>
  <message>
   <source>Sharing</source>
   <translation>共享中</translation>
  </message>
  <message>
   <source>Until I say</source>
   <translation>直到我恢复</translation>
  </message>
  <message>
   <source>Until tomorrow, 08:00</source>
   <translation>到明天 08:00</translation>
  </message>
 </context>
 <context>
  <name>PackageFacts</name>
  <message>
   <source>Needs</source>
   <translation>需要</translation>
  </message>
  <message>
   <source>Requirements</source>
   <translation>依赖</translation>
  </message>
  <message>
   <source>Scripts</source>
   <translation>脚本</translation>
  </message>
  <message>
   <source>a checkpoint every {0} s</source>
   <translation>每 {0} 秒一个检查点</translation>
  </message>
  <message>
   <source>no GPU</source>
   <translation>无需 GPU</translation>
  </message>
  <message>
   <source>{0} MiB VRAM</source>
   <translation>显存 {0} MiB</translation>
  </message>
  <message>
   <source>{0} MiB memory</source>
   <translation>内存 {0} MiB</translation>
  </message>
 </context>
 <context>
  <name>Packages</name>
  <message>
   <source>A folder or zip with train.py. Every problem is shown with its file and line before it is sent.</source>
   <translation>包含 train.py 的文件夹或 zip。发送前会列出每个问题所在的文件和行。</translation>
  </message>
  <message>
   <source>Add your first training package</source>
   <translation>添加第一个训练包</translation>
  </message>
  <message>
   <source>Check again</source>
   <translation>重新检查</translation>
  </message>
  <message>
   <source>Choose folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Choose zip</source>
   <translation>选择 zip</translation>
  </message>
  <message>
   <source>Copy id</source>
   <translation>复制 ID</translation>
  </message>
  <message>
   <source>Delete {0}</source>
   <translation>删除 {0}</translation>
  </message>
  <message>
   <source>Drop a folder or zip anywhere</source>
   <translation>把文件夹或 zip 拖到任意位置</translation>
  </message>
  <message>
   <source>Find a package</source>
   <translation>查找训练包</translation>
  </message>
  <message>
   <source>It is checked here first. Nothing is sent.</source>
   <translation>先在本机检查，不会发送。</translation>
  </message>
  <message>
   <source>More</source>
   <translation>更多</translation>
  </message>
  <message>
   <source>Not finished</source>
   <translation>未完成</translation>
  </message>
  <message>
   <source>Packages (*.zip)</source>
   <translation>训练包 (*.zip)</translation>
  </message>
  <message>
   <source>Problems</source>
   <translation>问题</translation>
  </message>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>未通过校验</translation>
  </message>
  <message>
   <source>Send {0}</source>
   <translation>发送 {0}</translation>
  </message>
  <message>
   <source>Sending waits for these {0}</source>
   <translation>改好这 {0} 处才能发送</translation>
  </message>
  <message>
   <source>Sending waits for this one</source>
   <translation>改好这一处才能发送</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>没有问题</translation>
  </message>
  <message>
   <source>Train with it</source>
   <translation>用它训练</translation>
  </message>
  <message>
   <source>Training packages</source>
   <translation>训练包</translation>
  </message>
  <message>
   <source>Use the bundled example</source>
   <translation>使用自带示例</translation>
  </message>
  <message>
   <source>all of them, not just the first · checked again whenever a file changes</source>
   <translation>列出全部，不只第一个 · 文件变化时会重新检查</translation>
  </message>
  <message>
   <source>none · checked again whenever a file changes</source>
   <translation>无 · 文件变化时会重新检查</translation>
  </message>
 </context>
 <context>
  <name>PageHeader</name>
  <message>
   <source>More actions</source>
   <translation>更多操作</translation>
  </message>
 </context>
 <context>
  <name>Palette</name>
  <message numerus="yes">
   <source>%n found</source>
   <translation>
    <numerusform>找到 %n 项</numerusform>
   </translation>
  </message>
  <message>
   <source>Do</source>
   <translation>执行</translation>
  </message>
  <message>
   <source>Find or run</source>
   <translation>查找或执行</translation>
  </message>
  <message>
   <source>Found</source>
   <translation>找到的</translation>
  </message>
 </context>
 <context>
  <name>ParamFields</name>
  <message>
   <source>This package has no parameters.</source>
   <translation>这个训练包没有参数。</translation>
  </message>
 </context>
 <context>
  <name>PausesPart</name>
  <message>
   <source>Another program uses the GPU</source>
   <translation>别的程序在用显卡</translation>
  </message>
  <message>
   <source>Any game from Steam runs</source>
   <translation>运行 Steam 的任何游戏</translation>
  </message>
  <message>
   <source>Any program is full-screen</source>
   <translation>有程序全屏</translation>
  </message>
  <message>
   <source>I use this computer, until idle for</source>
   <translation>我在用电脑，直到空闲</translation>
  </message>
  <message>
   <source>Minutes until it shares again after a program has closed</source>
   <translation>程序关闭后多少分钟再共享</translation>
  </message>
  <message>
   <source>On a metered network</source>
   <translation>网络按流量计费</translation>
  </message>
  <message>
   <source>On battery</source>
   <translation>使用电池</translation>
  </message>
  <message>
   <source>One of these programs runs</source>
   <translation>这些程序之一在运行</translation>
  </message>
  <message>
   <source>Pause while</source>
   <translation>暂停条件</translation>
  </message>
  <message>
   <source>Share again</source>
   <translation>关闭后</translation>
  </message>
  <message>
   <source>The processor is busier than</source>
   <translation>处理器占用高于</translation>
  </message>
  <message>
   <source>after it closes</source>
   <translation>再共享</translation>
  </message>
  <message>
   <source>can't be seen here: {0}</source>
   <translation>这里看不到：{0}</translation>
  </message>
  <message>
   <source>min</source>
   <translation>分钟</translation>
  </message>
  <message>
   <source>no battery here</source>
   <translation>没有电池</translation>
  </message>
  <message>
   <source>not now</source>
   <translation>现在没有</translation>
  </message>
 </context>
 <context>
  <name>PreviewPanel</name>
  <message>
   <source>1 column</source>
   <translation>1 列</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>预览</translation>
  </message>
  <message>
   <source>all {0} rows</source>
   <translation>全部 {0} 行</translation>
  </message>
  <message>
   <source>bar</source>
   <translation>竖线</translation>
  </message>
  <message>
   <source>comma</source>
   <translation>逗号</translation>
  </message>
  <message>
   <source>first {0} rows</source>
   <translation>前 {0} 行</translation>
  </message>
  <message>
   <source>semicolon</source>
   <translation>分号</translation>
  </message>
  <message>
   <source>tab</source>
   <translation>制表符</translation>
  </message>
  <message>
   <source>the first lines of {0}</source>
   <translation>{0} 的开头几行</translation>
  </message>
  <message>
   <source>the first {0} pictures</source>
   <translation>前 {0} 张图片</translation>
  </message>
  <message>
   <source>{0} columns</source>
   <translation>{0} 列</translation>
  </message>
 </context>
 <context>
  <name>PricePanel</name>
  <message>
   <source>Balance after the hold</source>
   <translation>预留后余额</translation>
  </message>
  <message>
   <source>Likely cost</source>
   <translation>预计费用</translation>
  </message>
  <message>
   <source>Most it can cost</source>
   <translation>最高费用</translation>
  </message>
  <message>
   <source>No node that could run all of it is free now: the job will wait.</source>
   <translation>现在没有空闲节点能全部运行：任务会等待。</translation>
  </message>
  <message>
   <source>Plan</source>
   <translation>计划</translation>
  </message>
  <message>
   <source>The balance doesn't cover the hold.</source>
   <translation>余额不足以预留。</translation>
  </message>
  <message>
   <source>able now: {0}</source>
   <translation>现在可用：{0}</translation>
  </message>
  <message>
   <source>credits</source>
   <translation>积分</translation>
  </message>
  <message>
   <source>held at launch</source>
   <translation>启动时预留</translation>
  </message>
  <message>
   <source>of {0}</source>
   <translation>共 {0}</translation>
  </message>
 </context>
 <context>
  <name>ProblemList</name>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>and {0} more</source>
   <translation>还有 {0} 项</translation>
  </message>
 </context>
 <context>
  <name>ProcessorPanel</name>
  <message>
   <source>% yours</source>
   <translation>% 你在用</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>内存</translation>
  </message>
  <message>
   <source>Processor and memory</source>
   <translation>处理器和内存</translation>
  </message>
  <message>
   <source>Use</source>
   <translation>使用率</translation>
  </message>
  <message>
   <source>last 5 min</source>
   <translation>最近 5 分钟</translation>
  </message>
  <message>
   <source>of {0} GiB</source>
   <translation>/ {0} GiB</translation>
  </message>
  <message>
   <source>units may have {0}</source>
   <translation>单元可用 {0}</translation>
  </message>
  <message>
   <source>{0} cores</source>
   <translation>{0} 核</translation>
  </message>
 </context>
 <context>
  <name>ProgramChips</name>
  <message>
   <source>Add</source>
   <translation>添加</translation>
  </message>
  <message>
   <source>Take {0} away</source>
   <translation>去掉 {0}</translation>
  </message>
  <message>
   <source>{0}, running</source>
   <translation>{0}，运行中</translation>
  </message>
 </context>
 <context>
  <name>QuerySection</name>
  <message>
   <source>This server doesn't offer it.</source>
   <translation>这台服务器不提供此接口。</translation>
  </message>
 </context>
 <context>
  <name>Readings</name>
  <message>
   <source>/ {0} done</source>
   <translation>/ {0} 完成</translation>
  </message>
  <message>
   <source>Charged</source>
   <translation>已扣积分</translation>
  </message>
  <message>
   <source>Connected</source>
   <translation>已连接</translation>
  </message>
  <message>
   <source>Disk for units</source>
   <translation>给单元的磁盘</translation>
  </message>
  <message>
   <source>Done here, and not settled yet: what they earn is known when their checks are.</source>
   <translation>已在这里做完，还没有结算：检查完才知道能得多少。</translation>
  </message>
  <message>
   <source>Earned today</source>
   <translation>今天收入</translation>
  </message>
  <message>
   <source>Electricity today</source>
   <translation>今天用电</translation>
  </message>
  <message>
   <source>Held</source>
   <translation>预留积分</translation>
  </message>
  <message>
   <source>Held now</source>
   <translation>当前预留</translation>
  </message>
  <message>
   <source>How long at least one unit ran since midnight.</source>
   <translation>从零点起至少有一个单元在运行的时间。</translation>
  </message>
  <message>
   <source>Memory for units</source>
   <translation>给单元的内存</translation>
  </message>
  <message>
   <source>No driver here tells what the GPUs took for units.</source>
   <translation>这里的驱动不报告显卡为单元用了多少电。</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <source>Ran for</source>
   <translation>运行了</translation>
  </message>
  <message>
   <source>Returned</source>
   <translation>已退回</translation>
  </message>
  <message>
   <source>Running for</source>
   <translation>已运行</translation>
  </message>
  <message>
   <source>The node hasn't looked at this computer yet.</source>
   <translation>节点还没有查看这台电脑。</translation>
  </message>
  <message>
   <source>The node hasn't told what ran today.</source>
   <translation>节点还没有说今天运行过什么。</translation>
  </message>
  <message>
   <source>The server doesn't tell it now.</source>
   <translation>服务器现在没有回答。</translation>
  </message>
  <message>
   <source>The server is being asked.</source>
   <translation>正在询问服务器。</translation>
  </message>
  <message>
   <source>This computer has no GPU, and nobody tells what a processor takes for units.</source>
   <translation>这台电脑没有显卡；处理器为单元用了多少电，没有谁能报告。</translation>
  </message>
  <message>
   <source>This week</source>
   <translation>本周</translation>
  </message>
  <message>
   <source>Time left, about</source>
   <translation>预计剩余</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>计算单元</translation>
  </message>
  <message>
   <source>Waiting for checks</source>
   <translation>等待检查</translation>
  </message>
  <message>
   <source>What GPUs took for units since midnight, at the price in your rules.</source>
   <translation>从零点起显卡为单元用的电，按规则里的电价计算。</translation>
  </message>
  <message>
   <source>What GPUs took for units since midnight. With a price in Rules, its cost stands here too.</source>
   <translation>从零点起显卡为单元用的电。在规则里填上电价，这里就会显示电费。</translation>
  </message>
  <message>
   <source>What GPUs took for units since midnight. Your command tells the price of now alone.</source>
   <translation>从零点起显卡为单元用的电。你的命令只报告当前电价，所以没有电费。</translation>
  </message>
  <message>
   <source>Working today</source>
   <translation>今天工作</translation>
  </message>
  <message>
   <source>at least</source>
   <translation>至少</translation>
  </message>
  <message>
   <source>at {0}</source>
   <translation>{0} 时</translation>
  </message>
  <message>
   <source>credits</source>
   <translation>积分</translation>
  </message>
  <message>
   <source>of the newest {0}</source>
   <translation>最新的 {0} 个里</translation>
  </message>
  <message>
   <source>of {0}</source>
   <translation>共 {0}</translation>
  </message>
  <message>
   <source>of {0} held</source>
   <translation>预留 {0} 中</translation>
  </message>
  <message>
   <source>of {0} shared</source>
   <translation>/ 共享 {0}</translation>
  </message>
  <message>
   <source>unit</source>
   <translation>个单元</translation>
  </message>
  <message>
   <source>units</source>
   <translation>个单元</translation>
  </message>
  <message>
   <source>{0} credits since Monday, in the server's days (UTC).</source>
   <translation>从周一起 {0} 积分，按服务器的日期（UTC）。</translation>
  </message>
  <message>
   <source>{0} credits since {1}, when the server's day (UTC) began.</source>
   <translation>从 {1} 起 {0} 积分：那时服务器的一天（UTC）开始。</translation>
  </message>
  <message>
   <source>{0} failed</source>
   <translation>{0} 个失败</translation>
  </message>
  <message>
   <source>{0} of {1} units told it</source>
   <translation>{1} 个单元中 {0} 个有报告</translation>
  </message>
  <message>
   <source>{0} stopped</source>
   <translation>{0} 个停止</translation>
  </message>
 </context>
 <context>
  <name>RenameForm</name>
  <message>
   <source>Customers see the name beside what ran there.</source>
   <translation>客户会在那里运行过的任务旁看到这个名称。</translation>
  </message>
  <message>
   <source>Give it a name.</source>
   <translation>请给它取个名称。</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Rename</source>
   <translation>重命名</translation>
  </message>
  <message>
   <source>Rename a machine</source>
   <translation>重命名电脑</translation>
  </message>
 </context>
 <context>
  <name>ReportForm</name>
  <message>
   <source>Report and stop it</source>
   <translation>举报并停止</translation>
  </message>
  <message>
   <source>Report and stop this package</source>
   <translation>举报并停止这个训练包</translation>
  </message>
  <message>
   <source>Say in a few words what was wrong with it.</source>
   <translation>请用几个字说明有什么问题。</translation>
  </message>
  <message>
   <source>The operator of the server reads it. Its customer does not.</source>
   <translation>服务器的运营方会看到；它的客户看不到。</translation>
  </message>
  <message>
   <source>What runs of it on your machines is stopped at once, and no unit of it comes to them again.</source>
   <translation>它在你的机器上运行的单元会立刻停止，以后也不会再来。</translation>
  </message>
  <message>
   <source>What was wrong with it</source>
   <translation>有什么问题</translation>
  </message>
  <message>
   <source>such as: it did nothing but write to the disk</source>
   <translation>例如：它只是不停地写磁盘</translation>
  </message>
 </context>
 <context>
  <name>RulesPage</name>
  <message>
   <source>Begin with no rules</source>
   <translation>从没有规则开始</translation>
  </message>
  <message>
   <source>Ceilings</source>
   <translation>上限</translation>
  </message>
  <message>
   <source>Graphics cards and ceilings</source>
   <translation>显卡与上限</translation>
  </message>
  <message>
   <source>Hours and pauses</source>
   <translation>时段与暂停</translation>
  </message>
  <message>
   <source>In force on {0}</source>
   <translation>在 {0} 上生效</translation>
  </message>
  <message>
   <source>In force on {0} for {1}</source>
   <translation>已在 {0} 生效 {1}</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>Putting it in force</source>
   <translation>正在生效</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>重做</translation>
  </message>
  <message>
   <source>Rules</source>
   <translation>规则</translation>
  </message>
  <message>
   <source>Rules are kept by the node that runs here, and hold without a network. Set sharing up first.</source>
   <translation>规则由这里运行的节点保存，断网也有效。请先设置共享。</translation>
  </message>
  <message>
   <source>The node can't read its rules, so it shares nothing</source>
   <translation>节点读不出它的规则，所以什么都不共享</translation>
  </message>
  <message>
   <source>The node doesn't answer: these are its rules as it said them last.</source>
   <translation>节点没有回应：这是它上次说的规则。</translation>
  </message>
  <message>
   <source>This computer isn't shared yet</source>
   <translation>这台电脑还没有共享</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>With these rules now:</source>
   <translation>按这些规则，现在：</translation>
  </message>
  <message>
   <source>at a ceiling work stops until it is well below</source>
   <translation>到上限就停，明显低于上限再继续</translation>
  </message>
 </context>
 <context>
  <name>ScopeChoice</name>
  <message>
   <source>The key of this window may not do that itself, so it can't give it.</source>
   <translation>本窗口的密钥自己没有这项权限，所以不能给出。</translation>
  </message>
 </context>
 <context>
  <name>ScopeTable</name>
  <message>
   <source>no</source>
   <translation>否</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>是</translation>
  </message>
 </context>
 <context>
  <name>SecretDialog</name>
  <message>
   <source>Closed now, the secret is gone for good. Close once more if that is what you want.</source>
   <translation>现在关闭，密钥就再也找不回来了。确实要关闭，请再关一次。</translation>
  </message>
  <message>
   <source>Copied</source>
   <translation>已复制</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>It is not ticked as kept yet</source>
   <translation>还没有勾选已保存</translation>
  </message>
 </context>
 <context>
  <name>SecretLine</name>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>全选</translation>
  </message>
 </context>
 <context>
  <name>SelfTestPage</name>
  <message>
   <source>Checks</source>
   <translation>检查项</translation>
  </message>
  <message>
   <source>Copy result</source>
   <translation>复制结果</translation>
  </message>
  <message>
   <source>It shows whether others' units run safely here, a minute at most, beside the units that run.</source>
   <translation>自检说明别人的单元在这里运行是否安全，最多一分钟，不影响正在运行的单元。</translation>
  </message>
  <message>
   <source>Left</source>
   <translation>剩余</translation>
  </message>
  <message>
   <source>Left out</source>
   <translation>未检查</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>再找一次</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>Need you</source>
   <translation>需要你处理</translation>
  </message>
  <message>
   <source>No self-test was made yet</source>
   <translation>还没有做过自检</translation>
  </message>
  <message>
   <source>Passed</source>
   <translation>通过</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>Skip the line test</source>
   <translation>跳过线路测试</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Test now</source>
   <translation>开始自检</translation>
  </message>
  <message>
   <source>The self-test is made by the node that runs here. Set sharing up first, or start the node.</source>
   <translation>自检由这里运行的节点来做。请先设置共享，或启动节点。</translation>
  </message>
  <message>
   <source>This computer</source>
   <translation>这台电脑</translation>
  </message>
  <message>
   <source>This computer isn't shared yet</source>
   <translation>这台电脑还没有共享</translation>
  </message>
  <message>
   <source>Wait for it</source>
   <translation>因此等待</translation>
  </message>
  <message>
   <source>What it means</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>of {0} done</source>
   <translation>/ {0} 已完成</translation>
  </message>
  <message>
   <source>s</source>
   <translation>秒</translation>
  </message>
 </context>
 <context>
  <name>Servers</name>
  <message>
   <source>Add server</source>
   <translation>添加服务器</translation>
  </message>
  <message>
   <source>Address</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>Forget {0}</source>
   <translation>忘记 {0}</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>None yet</source>
   <translation>还没有</translation>
  </message>
  <message>
   <source>Servers</source>
   <translation>服务器</translation>
  </message>
  <message>
   <source>Share</source>
   <translation>共享</translation>
  </message>
  <message>
   <source>This computer</source>
   <translation>这台电脑</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Use</source>
   <translation>使用</translation>
  </message>
  <message>
   <source>Use {0}</source>
   <translation>使用 {0}</translation>
  </message>
  <message>
   <source>connected by API key</source>
   <translation>已用 API 密钥连接</translation>
  </message>
  <message>
   <source>connecting</source>
   <translation>正在连接</translation>
  </message>
  <message>
   <source>in use</source>
   <translation>使用中</translation>
  </message>
  <message>
   <source>key not taken</source>
   <translation>密钥不被接受</translation>
  </message>
  <message>
   <source>not connected</source>
   <translation>未连接</translation>
  </message>
  <message>
   <source>not running</source>
   <translation>未运行</translation>
  </message>
  <message>
   <source>offline</source>
   <translation>离线</translation>
  </message>
  <message>
   <source>started with this window</source>
   <translation>随此窗口启动</translation>
  </message>
  <message>
   <source>{0} is in use; use another one to forget it</source>
   <translation>{0} 正在使用；先换用另一个才能忘记它</translation>
  </message>
 </context>
 <context>
  <name>SettingsPage</name>
  <message>
   <source>Appearance</source>
   <translation>外观</translation>
  </message>
  <message>
   <source>Copied</source>
   <translation>已复制</translation>
  </message>
  <message>
   <source>Copy diagnosis</source>
   <translation>复制诊断信息</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Diagnosis</source>
   <translation>诊断</translation>
  </message>
  <message>
   <source>Find a setting</source>
   <translation>查找设置</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
  </message>
  <message>
   <source>Language of the window</source>
   <translation>窗口语言</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <source>Light or dark</source>
   <translation>浅色或深色</translation>
  </message>
  <message>
   <source>Saved as you change it</source>
   <translation>更改即时保存</translation>
  </message>
  <message>
   <source>Sections</source>
   <translation>各部分</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>System</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <source>System ({0})</source>
   <translation>跟随系统（{0}）</translation>
  </message>
  <message>
   <source>This computer</source>
   <translation>这台电脑</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Without keys, file names or parameters. Nothing is sent.</source>
   <translation>不含密钥、文件名或参数。不会发送任何内容。</translation>
  </message>
  <message>
   <source>{0} is forgotten</source>
   <translation>已忘记 {0}</translation>
  </message>
 </context>
 <context>
  <name>ShareDialog</name>
  <message>
   <source>API key</source>
   <translation>API 密钥</translation>
  </message>
  <message>
   <source>Copy the code again, whole.</source>
   <translation>请重新完整复制登记码。</translation>
  </message>
  <message>
   <source>Enrollment code</source>
   <translation>登记码</translation>
  </message>
  <message>
   <source>I have a code</source>
   <translation>我有登记码</translation>
  </message>
  <message>
   <source>Sign in</source>
   <translation>登录</translation>
  </message>
  <message>
   <source>The window connects to the server with it, and keeps it in the keyring; the app makes the code.</source>
   <translation>窗口用它连接服务器，并存入密钥环；登记码由应用生成。</translation>
  </message>
  <message>
   <source>The window is connected to this server: the app makes the code.</source>
   <translation>窗口已连接到这台服务器：登记码由应用生成。</translation>
  </message>
  <message>
   <source>You make one at another computer of yours, My node, Add a machine; or the operator makes it.</source>
   <translation>在你的另一台电脑上生成：“我的节点”的“添加一台电脑”；也可以找管理员要。</translation>
  </message>
 </context>
 <context>
  <name>SignatureHelp</name>
  <message>
   <source>Answer 2xx within a few seconds, and do the work later. The same webhook-id may come again: take it once.</source>
   <translation>请在几秒内应答 2xx，活儿稍后再做。同一个 webhook-id 可能再次到来：只处理一次。</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Each request carries webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks says. The signature is over id, time and the exact body, by the secret that was shown when the endpoint was made.</source>
   <translation>每个请求都按 Standard Webhooks 带有 webhook-id、webhook-timestamp 和 webhook-signature。签名覆盖标识、时间和原样的正文，所用的密钥在添加端点时显示过。</translation>
  </message>
  <message>
   <source>How to check a signature</source>
   <translation>如何验证签名</translation>
  </message>
  <message>
   <source>Library</source>
   <translation>现成的库</translation>
  </message>
 </context>
 <context>
  <name>StatusBar</name>
  <message>
   <source>Catching up</source>
   <translation>正在同步</translation>
  </message>
  <message>
   <source>Connecting</source>
   <translation>正在连接</translation>
  </message>
  <message>
   <source>Live</source>
   <translation>实时</translation>
  </message>
  <message>
   <source>Live · last event {0}</source>
   <translation>实时 · 最近事件 {0}</translation>
  </message>
  <message>
   <source>Not connected</source>
   <translation>未连接</translation>
  </message>
  <message>
   <source>Offline since {0}</source>
   <translation>{0} 起离线</translation>
  </message>
  <message>
   <source>The server doesn't take the key</source>
   <translation>服务器不接受这个密钥</translation>
  </message>
  <message>
   <source>next try in {0} s</source>
   <translation>{0} 秒后重试</translation>
  </message>
  <message>
   <source>trying now</source>
   <translation>正在重试</translation>
  </message>
  <message>
   <source>{0} credits</source>
   <translation>{0} 积分</translation>
  </message>
  <message>
   <source>{0} credits available</source>
   <translation>可用积分 {0}</translation>
  </message>
  <message>
   <source>{0} held</source>
   <translation>预留 {0}</translation>
  </message>
 </context>
 <context>
  <name>Storage</name>
  <message>
   <source>Logs</source>
   <translation>日志</translation>
  </message>
  <message>
   <source>Open {0}</source>
   <translation>打开{0}</translation>
  </message>
  <message>
   <source>Settings and keys</source>
   <translation>设置和密钥</translation>
  </message>
  <message>
   <source>Storage</source>
   <translation>存储</translation>
  </message>
  <message>
   <source>This computer's node</source>
   <translation>这台电脑的节点</translation>
  </message>
  <message>
   <source>Try both: server, node, example</source>
   <translation>两样都试：服务器、节点、示例</translation>
  </message>
  <message>
   <source>nothing yet</source>
   <translation>还没有内容</translation>
  </message>
 </context>
 <context>
  <name>Summary</name>
  <message>
   <source>An amount of money, such as 0.10</source>
   <translation>一个金额，例如 0.10</translation>
  </message>
  <message>
   <source>The service has no price for one. It is kept on this computer alone.</source>
   <translation>服务没有给积分定价。这个数只保存在本机。</translation>
  </message>
  <message>
   <source>Units that earned nothing</source>
   <translation>没有收入的单元</translation>
  </message>
  <message>
   <source>What a credit is worth to you</source>
   <translation>1 积分对你值多少</translation>
  </message>
 </context>
 <context>
  <name>Today</name>
  <message>
   <source>Today</source>
   <translation>今天</translation>
  </message>
 </context>
 <context>
  <name>TransferPanel</name>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Closing the window doesn't lose it</source>
   <translation>关闭窗口也不会丢失</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Pause upload</source>
   <translation>暂停上传</translation>
  </message>
  <message>
   <source>Resume</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>hashing</source>
   <translation>正在计算校验</translation>
  </message>
  <message>
   <source>hashing done</source>
   <translation>校验计算完成</translation>
  </message>
  <message>
   <source>hashing done, {0} left out</source>
   <translation>校验计算完成，跳过 {0} 个</translation>
  </message>
 </context>
 <context>
  <name>Tray</name>
  <message>
   <source>Close window</source>
   <translation>关闭窗口</translation>
  </message>
  <message>
   <source>Close window, keep sharing</source>
   <translation>只关闭窗口，继续共享</translation>
  </message>
  <message>
   <source>Earnings</source>
   <translation>收益</translation>
  </message>
  <message>
   <source>Finish, then pause</source>
   <translation>跑完再暂停</translation>
  </message>
  <message>
   <source>For 1 hour</source>
   <translation>1 小时</translation>
  </message>
  <message>
   <source>It goes on here in the tray. Quit it from this icon's menu.</source>
   <translation>它在托盘里继续运行。可以从这个图标的菜单退出。</translation>
  </message>
  <message>
   <source>Keep sharing</source>
   <translation>继续共享</translation>
  </message>
  <message>
   <source>Open GPU-Agent</source>
   <translation>打开 GPU-Agent</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Pause longer</source>
   <translation>延长暂停</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>退出</translation>
  </message>
  <message>
   <source>Share now</source>
   <translation>现在恢复共享</translation>
  </message>
  <message>
   <source>Start at login</source>
   <translation>登录时启动</translation>
  </message>
  <message>
   <source>Stop sharing and quit</source>
   <translation>退出并停止共享</translation>
  </message>
  <message>
   <source>Troubleshoot</source>
   <translation>排查问题</translation>
  </message>
  <message>
   <source>Until I say</source>
   <translation>直到我恢复</translation>
  </message>
  <message>
   <source>Until tomorrow</source>
   <translation>到明天</translation>
  </message>
  <message>
   <source>Why isn't GPU {0} earning?</source>
   <translation>GPU {0} 为什么没有收入？</translation>
  </message>
  <message>
   <source>Why isn't it earning?</source>
   <translation>为什么没有收入？</translation>
  </message>
  <message>
   <source>Work is kept; GPU memory is free within 10 s</source>
   <translation>先存检查点再交还，显存 10 秒内释放</translation>
  </message>
 </context>
 <context>
  <name>Troubleshoot</name>
  <message>
   <source>1 thing needs you</source>
   <translation>有 1 件事需要你处理</translation>
  </message>
  <message>
   <source>Check again</source>
   <translation>再检查一次</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Looking…</source>
   <translation>正在查看…</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>Nothing here is wrong</source>
   <translation>这里没有问题</translation>
  </message>
  <message>
   <source>Save a diagnosis</source>
   <translation>保存诊断</translation>
  </message>
  <message>
   <source>Save a diagnosis…</source>
   <translation>保存诊断…</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>Show the folder</source>
   <translation>打开文件夹</translation>
  </message>
  <message>
   <source>Troubleshoot</source>
   <translation>排查问题</translation>
  </message>
  <message>
   <source>{0} Checked at {1}.</source>
   <translation>{0}检查于 {1}。</translation>
  </message>
  <message>
   <source>{0} is saved, {1} files</source>
   <translation>{0} 已保存，共 {1} 个文件</translation>
  </message>
  <message>
   <source>{0} secrets, names and addresses were taken out. Look into it before you send it: {1}</source>
   <translation>已去掉 {0} 处密钥、名字和地址。发给别人之前请先看一遍：{1}</translation>
  </message>
  <message>
   <source>{0} things need you</source>
   <translation>有 {0} 件事需要你处理</translation>
  </message>
  <message>
   <source>{0}. {1}</source>
   <translation>{0}。{1}</translation>
  </message>
 </context>
 <context>
  <name>TryHere</name>
  <message>
   <source>A step</source>
   <translation>每步</translation>
  </message>
  <message>
   <source>Choose a file…</source>
   <translation>选择文件…</translation>
  </message>
  <message>
   <source>Data to try it on</source>
   <translation>试运行用的数据</translation>
  </message>
  <message>
   <source>Nothing is charged, and nothing leaves this computer.</source>
   <translation>不收费，任何内容都不会离开这台电脑。</translation>
  </message>
  <message>
   <source>Results</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>Step</source>
   <translation>步</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <source>The same box as on a node</source>
   <translation>与节点相同的沙箱</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>Try it</source>
   <translation>试运行</translation>
  </message>
  <message>
   <source>Try it here</source>
   <translation>在本机试运行</translation>
  </message>
  <message>
   <source>ms</source>
   <translation>毫秒</translation>
  </message>
  <message>
   <source>no network</source>
   <translation>没有网络</translation>
  </message>
  <message>
   <source>none of your files</source>
   <translation>碰不到你的文件</translation>
  </message>
  <message>
   <source>of at most {0}</source>
   <translation>最多 {0}</translation>
  </message>
  <message>
   <source>of {0}</source>
   <translation>共 {0}</translation>
  </message>
  <message>
   <source>on a sample, before anything is sent</source>
   <translation>发送之前，用样本试一次</translation>
  </message>
 </context>
 <context>
  <name>UnitPanel</name>
  <message>
   <source>Allowed</source>
   <translation>允许</translation>
  </message>
  <message>
   <source>Attempts</source>
   <translation>尝试</translation>
  </message>
  <message>
   <source>Being given back: {0}</source>
   <translation>正在交还：{0}</translation>
  </message>
  <message>
   <source>Charged</source>
   <translation>费用</translation>
  </message>
  <message>
   <source>Checkpoint kept {0} ago</source>
   <translation>{0}前存了检查点</translation>
  </message>
  <message>
   <source>Confined by {0}</source>
   <translation>由 {0} 隔离</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>详情</translation>
  </message>
  <message>
   <source>Exit code</source>
   <translation>退出码</translation>
  </message>
  <message>
   <source>GPU {0}</source>
   <translation>GPU {0}</translation>
  </message>
  <message>
   <source>Held</source>
   <translation>预留积分</translation>
  </message>
  <message>
   <source>It may</source>
   <translation>它可以</translation>
  </message>
  <message>
   <source>It may not</source>
   <translation>它不可以</translation>
  </message>
  <message>
   <source>Last heard</source>
   <translation>最近联系</translation>
  </message>
  <message>
   <source>Most it took</source>
   <translation>峰值</translation>
  </message>
  <message>
   <source>Needs</source>
   <translation>需要</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>网络</translation>
  </message>
  <message>
   <source>Next unit</source>
   <translation>下一个单元</translation>
  </message>
  <message>
   <source>No node that may run it is free now. It needs {0}; it starts when one is.</source>
   <translation>现在没有可用的空闲节点。需要 {0}；有节点空闲就开始。</translation>
  </message>
  <message>
   <source>No unit chosen</source>
   <translation>未选择单元</translation>
  </message>
  <message>
   <source>Nothing</source>
   <translation>没有</translation>
  </message>
  <message>
   <source>Nothing: no box works here</source>
   <translation>什么都没禁止：这里没有可用的沙箱</translation>
  </message>
  <message>
   <source>Other GPUs, camera, keyboard</source>
   <translation>其他显卡、摄像头、键盘</translation>
  </message>
  <message>
   <source>Previous unit</source>
   <translation>上一个单元</translation>
  </message>
  <message>
   <source>Read its data, {0}</source>
   <translation>读取它的数据，{0}</translation>
  </message>
  <message>
   <source>Read its package and its data</source>
   <translation>读取它的训练包和数据</translation>
  </message>
  <message>
   <source>Read its package, sha256 {0}…{1}</source>
   <translation>读取它的训练包，sha256 {0}…{1}</translation>
  </message>
  <message>
   <source>Read what earlier units made, {0}</source>
   <translation>读取前面单元的结果，{0}</translation>
  </message>
  <message>
   <source>Returned</source>
   <translation>已退回</translation>
  </message>
  <message>
   <source>Run a stage of the platform</source>
   <translation>运行平台自己的步骤</translation>
  </message>
  <message>
   <source>Running now</source>
   <translation>正在运行</translation>
  </message>
  <message>
   <source>Running now on {0}</source>
   <translation>正在运行：{0}</translation>
  </message>
  <message>
   <source>Step</source>
   <translation>步</translation>
  </message>
  <message>
   <source>Use 1 processor and at most {1} of memory</source>
   <translation>使用 1 个处理器，最多 {1} 内存</translation>
  </message>
  <message>
   <source>Use the processors, memory and GPU leased to it</source>
   <translation>使用分给它的处理器、内存和显卡</translation>
  </message>
  <message>
   <source>Use {0} processors and at most {1} of memory</source>
   <translation>使用 {0} 个处理器，最多 {1} 内存</translation>
  </message>
  <message>
   <source>What comes will be shown here, with its limits.</source>
   <translation>有任务时会显示在这里，连同它的上限。</translation>
  </message>
  <message>
   <source>Why is {0} waiting? · {1}</source>
   <translation>{0} 为何在等待？ · {1}</translation>
  </message>
  <message>
   <source>Write its own folder</source>
   <translation>写它自己的文件夹</translation>
  </message>
  <message>
   <source>Write its own folder, at most {0}</source>
   <translation>写它自己的文件夹，最多 {0}</translation>
  </message>
  <message>
   <source>Your files and programs</source>
   <translation>你的文件和程序</translation>
  </message>
  <message>
   <source>step {0} of {1}</source>
   <translation>第 {0} 步，共 {1} 步</translation>
  </message>
  <message>
   <source>the processor</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>try {0}</source>
   <translation>第 {0} 次</translation>
  </message>
  <message>
   <source>{0} VRAM, </source>
   <translation>显存 {0}，</translation>
  </message>
  <message>
   <source>{0} disk</source>
   <translation>磁盘 {0}</translation>
  </message>
  <message>
   <source>{0} of at most {1}</source>
   <translation>{0}，最多 {1}</translation>
  </message>
  <message>
   <source>{0} only, at most {1} of memory</source>
   <translation>只用 {0}，最多 {1} 显存</translation>
  </message>
  <message>
   <source>{0}, settled on completion</source>
   <translation>{0}，完成后结算</translation>
  </message>
  <message>
   <source>{0}, try {1}</source>
   <translation>{0}，第 {1} 次</translation>
  </message>
 </context>
 <context>
  <name>UnitsPanel</name>
  <message>
   <source>All of it (0)</source>
   <translation>显示全部 (0)</translation>
  </message>
  <message>
   <source>Graph</source>
   <translation>图</translation>
  </message>
  <message>
   <source>Larger (+)</source>
   <translation>放大 (+)</translation>
  </message>
  <message>
   <source>Smaller (−)</source>
   <translation>缩小 (−)</translation>
  </message>
  <message>
   <source>Tree</source>
   <translation>树</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>计算单元</translation>
  </message>
  <message>
   <source>Units as a graph; T shows them as a tree</source>
   <translation>单元图；按 T 以树显示</translation>
  </message>
 </context>
 <context>
  <name>Usage</name>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Available</source>
   <translation>可用</translation>
  </message>
  <message>
   <source>Charged this month</source>
   <translation>本月已扣</translation>
  </message>
  <message>
   <source>Charges</source>
   <translation>扣费</translation>
  </message>
  <message>
   <source>Every row adds up to what is available. Six decimals in the tooltip.</source>
   <translation>每一行累加即为可用积分。提示中有六位小数。</translation>
  </message>
  <message>
   <source>Grants</source>
   <translation>发放</translation>
  </message>
  <message>
   <source>Grants, holds and charges of your jobs stand here, to the millionth of a credit.</source>
   <translation>发放、预留和扣费都记在这里，精确到百万分之一积分。</translation>
  </message>
  <message>
   <source>Held</source>
   <translation>预留</translation>
  </message>
  <message>
   <source>Holds and releases</source>
   <translation>预留与释放</translation>
  </message>
  <message>
   <source>Ledger</source>
   <translation>明细</translation>
  </message>
  <message>
   <source>New job</source>
   <translation>新建任务</translation>
  </message>
  <message>
   <source>No credits have moved yet</source>
   <translation>还没有积分变动</translation>
  </message>
  <message>
   <source>Not charged</source>
   <translation>未收费</translation>
  </message>
  <message>
   <source>Usage and credits</source>
   <translation>用量与积分</translation>
  </message>
  <message>
   <source>credits</source>
   <translation>积分</translation>
  </message>
  <message>
   <source>for {0}</source>
   <translation>用于 {0}</translation>
  </message>
  <message>
   <source>{0} were completed</source>
   <translation>已完成 {0} 个</translation>
  </message>
 </context>
 <context>
  <name>WebhookActions</name>
  <message>
   <source>Change…</source>
   <translation>修改…</translation>
  </message>
  <message>
   <source>Copy id</source>
   <translation>复制标识</translation>
  </message>
  <message>
   <source>Copy the address</source>
   <translation>复制地址</translation>
  </message>
  <message>
   <source>Delete it</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete {0}?</source>
   <translation>删除 {0}？</translation>
  </message>
  <message>
   <source>Delete…</source>
   <translation>删除…</translation>
  </message>
  <message>
   <source>Its log, its secret and what still waits to be sent go with it. This can't be undone.</source>
   <translation>它的记录、密钥和还在等待发送的内容都会一起删除。不能撤回。</translation>
  </message>
  <message>
   <source>Leave it</source>
   <translation>保持不变</translation>
  </message>
  <message>
   <source>Nobody can check what is sent there. Delete it and add it again.</source>
   <translation>没有密钥内容就无法校验发往那里的内容。请删除后重新添加。</translation>
  </message>
  <message>
   <source>Switch it off</source>
   <translation>关闭它</translation>
  </message>
  <message>
   <source>Switch off</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Switch on</source>
   <translation>开启</translation>
  </message>
  <message>
   <source>Switch {0} off?</source>
   <translation>关闭 {0}？</translation>
  </message>
  <message>
   <source>What still waits to be sent there is given up. You can redeliver it once it is on again.</source>
   <translation>还在等待发送的内容会被放弃。重新开启后可以再次投递。</translation>
  </message>
  <message>
   <source>{0} was added, but its secret was not told</source>
   <translation>{0} 已添加，但没有收到它的密钥内容</translation>
  </message>
 </context>
 <context>
  <name>WebhooksPage</name>
  <message>
   <source>Add endpoint</source>
   <translation>添加端点</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>连接服务器</translation>
  </message>
  <message>
   <source>Deliveries</source>
   <translation>投递</translation>
  </message>
  <message>
   <source>How to check a signature</source>
   <translation>如何验证签名</translation>
  </message>
  <message>
   <source>No endpoints yet</source>
   <translation>还没有端点</translation>
  </message>
  <message>
   <source>Not connected to a server</source>
   <translation>未连接服务器</translation>
  </message>
  <message>
   <source>Webhooks</source>
   <translation>Webhooks</translation>
  </message>
  <message>
   <source>Webhooks are sent by a server, for the account that one has there.</source>
   <translation>Webhook 由服务器为你在那里的账户发送。</translation>
  </message>
  <message>
   <source>Your server hears of a job's end, of files that are ready and of low credits as they happen.</source>
   <translation>任务结束、文件就绪、积分不足时，你的服务器马上就会知道。</translation>
  </message>
 </context>
 <context>
  <name>_Grid</name>
  <message>
   <source>Scopes</source>
   <translation>权限范围</translation>
  </message>
 </context>
 <context>
  <name>amounts</name>
  <message>
   <source>1 file</source>
   <translation>1 个文件</translation>
  </message>
  <message>
   <source>d MMM</source>
   <comment>a date in QDate's letters</comment>
   <translation>M 月 d 日</translation>
  </message>
  <message>
   <source>today</source>
   <translation>今天</translation>
  </message>
  <message>
   <source>{0} files</source>
   <translation>{0} 个文件</translation>
  </message>
  <message>
   <source>{0} h {1} min</source>
   <translation>{0} 小时 {1} 分</translation>
  </message>
  <message>
   <source>{0} left</source>
   <translation>剩余 {0}</translation>
  </message>
  <message>
   <source>{0} min {1} s</source>
   <translation>{0} 分 {1} 秒</translation>
  </message>
  <message>
   <source>{0} of {1}</source>
   <translation>{0} / {1}</translation>
  </message>
  <message>
   <source>{0} s</source>
   <translation>{0} 秒</translation>
  </message>
 </context>
 <context>
  <name>api_keys</name>
  <message>
   <source>+{0}</source>
   <translation>另 {0} 项</translation>
  </message>
  <message>
   <source>Created</source>
   <translation>创建</translation>
  </message>
  <message>
   <source>Last used</source>
   <translation>最近使用</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Revoke</source>
   <translation>吊销</translation>
  </message>
  <message>
   <source>Scopes</source>
   <translation>权限范围</translation>
  </message>
  <message>
   <source>new</source>
   <translation>新</translation>
  </message>
  <message>
   <source>not used yet</source>
   <translation>还没用过</translation>
  </message>
  <message>
   <source>revoked</source>
   <translation>已吊销</translation>
  </message>
  <message>
   <source>revoked {0}</source>
   <translation>{0}吊销</translation>
  </message>
  <message>
   <source>this window</source>
   <translation>本窗口</translation>
  </message>
  <message>
   <source>unused for {0} days</source>
   <translation>{0} 天没用</translation>
  </message>
 </context>
 <context>
  <name>artifacts</name>
  <message>
   <source>checkpoint</source>
   <translation>检查点</translation>
  </message>
  <message>
   <source>checksum matches</source>
   <translation>校验一致</translation>
  </message>
  <message>
   <source>logs</source>
   <translation>日志</translation>
  </message>
  <message>
   <source>may run code when opened</source>
   <translation>打开时可能运行代码</translation>
  </message>
  <message>
   <source>metrics</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>no longer kept</source>
   <translation>已不再保留</translation>
  </message>
  <message>
   <source>opens when its unit is completed</source>
   <translation>单元完成后开放</translation>
  </message>
  <message>
   <source>output</source>
   <translation>输出</translation>
  </message>
  <message>
   <source>{0} s</source>
   <translation>{0} 秒</translation>
  </message>
 </context>
 <context>
  <name>attempts</name>
  <message>
   <source>Another was first</source>
   <translation>另一次先完成</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>Completed</source>
   <translation>已完成</translation>
  </message>
  <message>
   <source>Customer's code failed</source>
   <translation>客户代码出错</translation>
  </message>
  <message>
   <source>Failed here</source>
   <translation>在本机失败</translation>
  </message>
  <message>
   <source>Given back</source>
   <translation>已交还</translation>
  </message>
  <message>
   <source>Lost contact</source>
   <translation>断网、租约到期</translation>
  </message>
  <message>
   <source>Paid</source>
   <translation>已入账</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>Refused here</source>
   <translation>本机拒绝</translation>
  </message>
  <message>
   <source>Result not accepted</source>
   <translation>未通过校验</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>Taken back</source>
   <translation>收入被收回</translation>
  </message>
  <message>
   <source>Your own job</source>
   <translation>你自己的任务</translation>
  </message>
  <message>
   <source>a job of your own: nothing is charged and nothing is earned</source>
   <translation>你自己的任务：不收费，也没有收入</translation>
  </message>
  <message>
   <source>another attempt of the same unit was accepted</source>
   <translation>同一单元的另一次尝试已被接受</translation>
  </message>
  <message>
   <source>it earns when its unit is completed</source>
   <translation>单元完成后计入收入</translation>
  </message>
  <message>
   <source>it was given back before it ended, and none of its work is in the result</source>
   <translation>在结束前交还，结果里没有用到它的工作</translation>
  </message>
  <message>
   <source>its checkpoint is kept: it earns its share if the unit is completed with it</source>
   <translation>检查点已保留：单元若用它完成，就按份额计入收入</translation>
  </message>
  <message>
   <source>its job was cancelled or failed elsewhere</source>
   <translation>它的任务被取消，或在别处失败</translation>
  </message>
  <message>
   <source>its result turned out wrong, and what was paid for it was taken back</source>
   <translation>它的结果后来查明有误，已付的收入被收回</translation>
  </message>
  <message>
   <source>its result was not what it should be</source>
   <translation>它的结果不符合要求</translation>
  </message>
  <message>
   <source>nothing was charged for it</source>
   <translation>这个单元没有收费</translation>
  </message>
  <message>
   <source>the customer's code failed or passed a limit: that is not charged</source>
   <translation>客户的代码出错或超过上限：不收费</translation>
  </message>
  <message>
   <source>the node was revoked</source>
   <translation>节点已被撤销</translation>
  </message>
  <message>
   <source>the operator blocked its package</source>
   <translation>运营方禁用了它的训练包</translation>
  </message>
  <message>
   <source>this node could not bring it to an end</source>
   <translation>本节点没能把它运行完</translation>
  </message>
  <message>
   <source>this node did not take it</source>
   <translation>本节点没有接受它</translation>
  </message>
  <message>
   <source>this node was not heard of in time, and another took it over</source>
   <translation>本节点没有及时联系，由另一节点接手</translation>
  </message>
  <message>
   <source>waiting</source>
   <translation>待结算</translation>
  </message>
  <message>
   <source>you blocked its package</source>
   <translation>你拒绝了它的训练包</translation>
  </message>
  <message>
   <source>{0} of the unit's time was done here</source>
   <translation>单元时间的 {0} 是在这里完成的</translation>
  </message>
 </context>
 <context>
  <name>blocked_packages</name>
  <message>
   <source>Kept off since</source>
   <translation>拒绝时间</translation>
  </message>
  <message>
   <source>Package, and what was wrong</source>
   <translation>训练包和原因</translation>
  </message>
 </context>
 <context>
  <name>commands</name>
  <message>
   <source>Appearance: dark</source>
   <translation>外观：深色</translation>
  </message>
  <message>
   <source>Appearance: light</source>
   <translation>外观：浅色</translation>
  </message>
  <message>
   <source>Appearance: system</source>
   <translation>外观：跟随系统</translation>
  </message>
  <message>
   <source>Close the window</source>
   <translation>关闭窗口</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>连接服务器</translation>
  </message>
  <message>
   <source>Reload</source>
   <translation>重新载入</translation>
  </message>
  <message>
   <source>Share my GPU</source>
   <translation>共享我的显卡</translation>
  </message>
 </context>
 <context>
  <name>day</name>
  <message>
   <source>CPU</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>GPU {0}</source>
   <translation>GPU {0}</translation>
  </message>
  <message>
   <source>not connected</source>
   <translation>未连接</translation>
  </message>
  <message>
   <source>outside your hours</source>
   <translation>不在你的时段内</translation>
  </message>
  <message>
   <source>paused by a rule</source>
   <translation>因规则暂停</translation>
  </message>
  <message>
   <source>paused by you</source>
   <translation>由你暂停</translation>
  </message>
  <message>
   <source>shared, waiting for work</source>
   <translation>共享中，等待任务</translation>
  </message>
  <message>
   <source>working</source>
   <translation>工作中</translation>
  </message>
  <message>
   <source>{0}: {1}</source>
   <translation>{0}：{1}</translation>
  </message>
 </context>
 <context>
  <name>deliveries</name>
  <message>
   <source>Delivered</source>
   <translation>已送达</translation>
  </message>
  <message>
   <source>Not delivered</source>
   <translation>未送达</translation>
  </message>
  <message>
   <source>Retrying</source>
   <translation>重试中</translation>
  </message>
  <message>
   <source>Sending</source>
   <translation>发送中</translation>
  </message>
  <message>
   <source>gave up after 1 try</source>
   <translation>尝试 1 次后放弃</translation>
  </message>
  <message>
   <source>gave up after {0} tries</source>
   <translation>尝试 {0} 次后放弃</translation>
  </message>
  <message>
   <source>given up unsent</source>
   <translation>未发送即放弃</translation>
  </message>
  <message>
   <source>no answer</source>
   <translation>没有应答</translation>
  </message>
  <message>
   <source>on its way</source>
   <translation>正在路上</translation>
  </message>
  <message>
   <source>{0}, try {1}</source>
   <translation>{0}，第 {1} 次</translation>
  </message>
 </context>
 <context>
  <name>demand</name>
  <message>
   <source>1 unit for {0}</source>
   <translation>{0} 有 1 个单元</translation>
  </message>
  <message>
   <source>Accept {0}</source>
   <translation>接受{0}</translation>
  </message>
  <message>
   <source>Can</source>
   <translation>可以运行</translation>
  </message>
  <message>
   <source>GPU {0}</source>
   <translation>GPU {0}</translation>
  </message>
  <message>
   <source>Give {0}</source>
   <translation>给 {0}</translation>
  </message>
  <message>
   <source>Give {0} cores</source>
   <translation>给 {0} 个核</translation>
  </message>
  <message>
   <source>Needs Python {0}</source>
   <translation>需要 Python {0}</translation>
  </message>
  <message>
   <source>Needs a box around its code</source>
   <translation>需要把代码隔离起来</translation>
  </message>
  <message>
   <source>Needs a higher tier</source>
   <translation>需要更高级别</translation>
  </message>
  <message>
   <source>Needs you to accept {0} data</source>
   <translation>需要你接受{0}数据</translation>
  </message>
  <message>
   <source>Needs {0}</source>
   <translation>需要显存 {0}</translation>
  </message>
  <message>
   <source>Needs {0} cores</source>
   <translation>需要 {0} 个核</translation>
  </message>
  <message>
   <source>Needs {0} of disk</source>
   <translation>需要磁盘 {0}</translation>
  </message>
  <message>
   <source>Needs {0} of memory</source>
   <translation>需要内存 {0}</translation>
  </message>
  <message>
   <source>Raise to {0}</source>
   <translation>提高到 {0}</translation>
  </message>
  <message>
   <source>Share GPU {0}</source>
   <translation>共享 GPU {0}</translation>
  </message>
  <message>
   <source>The node isn't heard of now</source>
   <translation>现在收不到这个节点的消息</translation>
  </message>
  <message>
   <source>The node offers nothing now</source>
   <translation>节点现在没有提供资源</translation>
  </message>
  <message>
   <source>Training on a GPU</source>
   <translation>GPU 训练</translation>
  </message>
  <message>
   <source>Work for processors</source>
   <translation>处理器任务</translation>
  </message>
  <message>
   <source>You block these packages</source>
   <translation>你屏蔽了这些训练包</translation>
  </message>
  <message>
   <source>low sensitive</source>
   <translation>低敏感</translation>
  </message>
  <message>
   <source>public</source>
   <translation>公开</translation>
  </message>
  <message>
   <source>restricted</source>
   <translation>受限</translation>
  </message>
  <message>
   <source>sensitive</source>
   <translation>敏感</translation>
  </message>
  <message>
   <source>the processors</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>you paused it</source>
   <translation>你把它暂停了</translation>
  </message>
  <message>
   <source>{0} memory</source>
   <translation>内存 {0}</translation>
  </message>
  <message>
   <source>{0} of disk</source>
   <translation>磁盘 {0}</translation>
  </message>
  <message>
   <source>{0} units for {1}</source>
   <translation>{1} 有 {0} 个单元</translation>
  </message>
  <message>
   <source>{0}, and {1} more</source>
   <translation>{0}，另有 {1} 项</translation>
  </message>
 </context>
 <context>
  <name>doctor</name>
  <message>
   <source>, </source>
   <translation>、</translation>
  </message>
  <message>
   <source>: </source>
   <translation>：</translation>
  </message>
  <message>
   <source>A rule of these would pause nothing. The others see what they look at.</source>
   <translation>用了这些规则也不会暂停。其他规则都看得到。</translation>
  </message>
  <message>
   <source>Install one, then start the node again.</source>
   <translation>请安装一个，然后重新启动节点。</translation>
  </message>
  <message>
   <source>It works as it is; the other parts hold.</source>
   <translation>这样也能用，其他部分都有效。</translation>
  </message>
  <message>
   <source>Make room, or share more of it in Rules.</source>
   <translation>请腾出空间，或在规则里多共享一些。</translation>
  </message>
  <message>
   <source>Mend what its driver says; the other devices go on.</source>
   <translation>请按驱动所说的修好它，其他设备照常工作。</translation>
  </message>
  <message>
   <source>No GPU is offered</source>
   <translation>没有提供显卡</translation>
  </message>
  <message>
   <source>Nothing confines units here</source>
   <translation>这里没有沙箱隔离单元</translation>
  </message>
  <message>
   <source>Nothing here would change that.</source>
   <translation>在这里没有办法改变。</translation>
  </message>
  <message>
   <source>On a metered network</source>
   <translation>网络按流量计费时</translation>
  </message>
  <message>
   <source>On battery</source>
   <translation>使用电池时</translation>
  </message>
  <message>
   <source>One part of the sandbox is weaker: {0}</source>
   <translation>沙箱有一部分较弱：{0}</translation>
  </message>
  <message>
   <source>Rules see what they look at</source>
   <translation>规则都看得到要看的东西</translation>
  </message>
  <message>
   <source>Say this in a terminal, then check again. Until then it takes only jobs of your own account.</source>
   <translation>请在终端里执行，然后再检查一次。在那之前它只接你自己账户的任务。</translation>
  </message>
  <message>
   <source>Say this in a terminal, then start the node again.</source>
   <translation>请在终端里执行，然后重新启动节点。</translation>
  </message>
  <message>
   <source>Some rules would see nothing here</source>
   <translation>有些规则在这里什么也看不到</translation>
  </message>
  <message>
   <source>There is no Python for units</source>
   <translation>没有可供单元使用的 Python</translation>
  </message>
  <message>
   <source>There is no room for units</source>
   <translation>没有给单元的空间</translation>
  </message>
  <message>
   <source>There is room for units</source>
   <translation>有给单元的空间</translation>
  </message>
  <message>
   <source>This computer couldn't be looked at</source>
   <translation>没能查看这台电脑</translation>
  </message>
  <message>
   <source>This computer is being looked at</source>
   <translation>正在查看这台电脑</translation>
  </message>
  <message>
   <source>Units are Python programs: one of versions 3.11 to 3.14 has to be on this computer.</source>
   <translation>单元是 Python 程序：这台电脑上需要有 3.11 到 3.14 中的一个版本。</translation>
  </message>
  <message>
   <source>Units are confined</source>
   <translation>单元受到隔离</translation>
  </message>
  <message>
   <source>While a program is full-screen</source>
   <translation>有程序全屏时</translation>
  </message>
  <message>
   <source>While a program runs</source>
   <translation>有程序运行时</translation>
  </message>
  <message>
   <source>While you use this computer</source>
   <translation>你在用这台电脑时</translation>
  </message>
  <message>
   <source>Without one it takes units for processors, which earn less.</source>
   <translation>没有显卡时它只接处理器单元，收入较少。</translation>
  </message>
  <message>
   <source>disk</source>
   <translation>磁盘</translation>
  </message>
  <message>
   <source>installing</source>
   <translation>安装依赖</translation>
  </message>
  <message>
   <source>limits</source>
   <translation>限额</translation>
  </message>
  <message>
   <source>namespaces</source>
   <translation>命名空间</translation>
  </message>
  <message>
   <source>system calls</source>
   <translation>系统调用</translation>
  </message>
  <message>
   <source>user id</source>
   <translation>用户 ID</translation>
  </message>
  <message>
   <source>{0} can't be used</source>
   <translation>{0} 不能使用</translation>
  </message>
  <message>
   <source>{0} isn't offered</source>
   <translation>{0} 没有提供</translation>
  </message>
  <message>
   <source>{0} of {1} free</source>
   <translation>{1} 中空闲 {0}</translation>
  </message>
  <message>
   <source>{0} processors, {1} of memory, {2} of disk</source>
   <translation>{0} 个处理器，{1} 内存，{2} 磁盘</translation>
  </message>
 </context>
 <context>
  <name>endpoint_form</name>
  <message>
   <source>A file of a job is ready</source>
   <translation>任务的文件已就绪</translation>
  </message>
  <message>
   <source>A job failed</source>
   <translation>任务失败</translation>
  </message>
  <message>
   <source>A job was cancelled</source>
   <translation>任务已取消</translation>
  </message>
  <message>
   <source>A job was completed</source>
   <translation>任务已完成</translation>
  </message>
  <message>
   <source>Add an endpoint</source>
   <translation>添加端点</translation>
  </message>
  <message>
   <source>Add endpoint</source>
   <translation>添加端点</translation>
  </message>
  <message>
   <source>Address</source>
   <translation>地址</translation>
  </message>
  <message>
   <source>An amount of credits, such as 100 or 12.5</source>
   <translation>填写积分数量，例如 100 或 12.5</translation>
  </message>
  <message>
   <source>An https address of the open internet</source>
   <translation>公开互联网上的 https 地址</translation>
  </message>
  <message>
   <source>Change the endpoint</source>
   <translation>修改端点</translation>
  </message>
  <message>
   <source>Choose at least one event.</source>
   <translation>至少选择一个事件。</translation>
  </message>
  <message>
   <source>Credits are low</source>
   <translation>积分不足</translation>
  </message>
  <message>
   <source>Credits are low below</source>
   <translation>低于多少积分时提醒</translation>
  </message>
  <message>
   <source>Events</source>
   <translation>事件</translation>
  </message>
  <message>
   <source>Events are sent there as signed POST requests, and again for 24 h until it answers 2xx.</source>
   <translation>事件以带签名的 POST 请求发送到这里；没有应答 2xx 时，会在 24 小时内重试。</translation>
  </message>
  <message>
   <source>Give an https address that anybody on the internet can reach.</source>
   <translation>请填写互联网上人人都能访问的 https 地址。</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Where are the events to be sent?</source>
   <translation>事件要发送到哪里？</translation>
  </message>
  <message>
   <source>credits</source>
   <translation>积分</translation>
  </message>
 </context>
 <context>
  <name>error_codes</name>
  <message>
   <source>API key was revoked</source>
   <translation>密钥已被吊销</translation>
  </message>
  <message>
   <source>Artifact id absent or not yours</source>
   <translation>产物 id 不存在，或不属于你</translation>
  </message>
  <message>
   <source>Body is larger than this route takes</source>
   <translation>请求体超过该接口的上限</translation>
  </message>
  <message>
   <source>Body is of another type</source>
   <translation>请求体类型不对</translation>
  </message>
  <message>
   <source>Bytes are not those of the chunk's name</source>
   <translation>字节与数据块的名称不符</translation>
  </message>
  <message>
   <source>Chunks are missing</source>
   <translation>还缺少数据块</translation>
  </message>
  <message>
   <source>Code</source>
   <translation>代码</translation>
  </message>
  <message>
   <source>Cursor is malformed or expired</source>
   <translation>游标格式错误或已过期</translation>
  </message>
  <message>
   <source>Customer credit balance below projected cost</source>
   <translation>积分余额低于预计费用</translation>
  </message>
  <message>
   <source>Customer is suspended</source>
   <translation>客户已被停用</translation>
  </message>
  <message>
   <source>Dataset id absent or not yours</source>
   <translation>数据集 id 不存在，或不属于你</translation>
  </message>
  <message>
   <source>Description</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>E-mail or password not recognized</source>
   <translation>邮箱或密码不被识别</translation>
  </message>
  <message>
   <source>Enrollment code is unknown, used or expired</source>
   <translation>登记码不存在、已用过或已过期</translation>
  </message>
  <message>
   <source>Export range exceeds 90 days</source>
   <translation>导出范围超过 90 天</translation>
  </message>
  <message>
   <source>Idempotency-Key format invalid</source>
   <translation>Idempotency-Key 格式无效</translation>
  </message>
  <message>
   <source>Job id absent or not yours</source>
   <translation>任务 id 不存在，或不属于你</translation>
  </message>
  <message>
   <source>Key is missing the required scope</source>
   <translation>密钥缺少所需的权限范围</translation>
  </message>
  <message>
   <source>No such route</source>
   <translation>没有这个接口</translation>
  </message>
  <message>
   <source>Node id absent or not yours</source>
   <translation>节点 id 不存在，或不属于你</translation>
  </message>
  <message>
   <source>POST /customer/jobs/image* — sunset in Stage 17.1, use /customer/training-jobs</source>
   <translation>POST /customer/jobs/image* 已在 Stage 17.1 下线，请用 /customer/training-jobs</translation>
  </message>
  <message>
   <source>Per-day task quota exhausted</source>
   <translation>当日配额已用完</translation>
  </message>
  <message>
   <source>Request has bad, unknown or missing fields</source>
   <translation>请求中有错误、未知或缺少的字段</translation>
  </message>
  <message>
   <source>Same Idempotency-Key with different body</source>
   <translation>相同的 Idempotency-Key，请求体却不同</translation>
  </message>
  <message>
   <source>Sign in or supply API key</source>
   <translation>需要登录，或提供 API 密钥</translation>
  </message>
  <message>
   <source>Signed URL is altered or expired</source>
   <translation>签名 URL 被改动或已过期</translation>
  </message>
  <message>
   <source>Storage backend error</source>
   <translation>存储后端出错</translation>
  </message>
  <message>
   <source>Storage quota is used up</source>
   <translation>存储配额已用完</translation>
  </message>
  <message>
   <source>The plan exceeds a ceiling of the service</source>
   <translation>计划超出服务的上限</translation>
  </message>
  <message>
   <source>The resource's state does not allow this</source>
   <translation>资源当前的状态不允许此操作</translation>
  </message>
  <message>
   <source>The route has no such method</source>
   <translation>该接口不支持这个方法</translation>
  </message>
  <message>
   <source>The service cannot answer now</source>
   <translation>服务暂时无法应答</translation>
  </message>
  <message>
   <source>This version is no longer spoken here</source>
   <translation>服务器不再支持此版本</translation>
  </message>
  <message>
   <source>Too many requests / too many concurrent jobs</source>
   <translation>请求太多，或同时运行的任务太多</translation>
  </message>
  <message>
   <source>Training package has problems</source>
   <translation>训练包有问题</translation>
  </message>
  <message>
   <source>Training package id absent or not yours</source>
   <translation>训练包 id 不存在，或不属于你</translation>
  </message>
  <message>
   <source>Unhandled server error</source>
   <translation>服务器内部错误</translation>
  </message>
  <message>
   <source>Webhook URL must be public HTTPS</source>
   <translation>Webhook URL 必须是公网 HTTPS 地址</translation>
  </message>
  <message>
   <source>Webhook delivery exhausted retries</source>
   <translation>Webhook 投递已用尽重试</translation>
  </message>
  <message>
   <source>Webhook id absent or not yours</source>
   <translation>Webhook id 不存在，或不属于你</translation>
  </message>
  <message>
   <source>X-API-Key not recognized</source>
   <translation>X-API-Key 不被识别</translation>
  </message>
 </context>
 <context>
  <name>files</name>
  <message>
   <source>Chunks</source>
   <translation>数据块</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
 </context>
 <context>
  <name>findings</name>
  <message>
   <source>A passed self-test and ten verified units make a new node a controlled one.</source>
   <translation>自检通过并有十个单元通过验证后，新节点就成为受控级节点。</translation>
  </message>
  <message>
   <source>A rule can't be looked at: {0}</source>
   <translation>有一条规则看不到：{0}</translation>
  </message>
  <message>
   <source>Accept more in Rules, if you like.</source>
   <translation>如果你愿意，可以在规则里接受更多。</translation>
  </message>
  <message>
   <source>Connected since {0}</source>
   <translation>从 {0} 起已连接</translation>
  </message>
  <message>
   <source>In order</source>
   <translation>正常</translation>
  </message>
  <message>
   <source>Install that Python, and start the node again.</source>
   <translation>请安装这个 Python，然后重新启动节点。</translation>
  </message>
  <message>
   <source>It is looked for all the time. If this stays, end its program and start it again.</source>
   <translation>正在一直找它。如果还是这样，请结束它的程序再重新启动。</translation>
  </message>
  <message>
   <source>It isn't earning</source>
   <translation>现在没有收入</translation>
  </message>
  <message>
   <source>It pauses nothing until then. Take it out of the rules, or mend what hides it.</source>
   <translation>在那之前它不会暂停任何东西。请从规则里去掉它，或解决看不到的原因。</translation>
  </message>
  <message>
   <source>It runs now.</source>
   <translation>正在进行。</translation>
  </message>
  <message>
   <source>It tries again by itself. Look whether this computer reaches the network.</source>
   <translation>它会自己重试。请看看这台电脑能不能上网。</translation>
  </message>
  <message>
   <source>Its program is there, and gives no answer. What stands here of it is what it said last.</source>
   <translation>它的程序还在，但没有回应。这里显示的是它最后说的。</translation>
  </message>
  <message>
   <source>Make it again when the computer is less busy.</source>
   <translation>等电脑不忙时再做一次。</translation>
  </message>
  <message>
   <source>Make one: it takes a minute at most.</source>
   <translation>请做一次，最多一分钟。</translation>
  </message>
  <message>
   <source>Mend that first: it can't be set aside.</source>
   <translation>请先解决它：这一条不能跳过。</translation>
  </message>
  <message>
   <source>Mend that, then make the self-test again.</source>
   <translation>请解决它，然后重新自检。</translation>
  </message>
  <message>
   <source>Needs you</source>
   <translation>需要你处理</translation>
  </message>
  <message>
   <source>No connection to {0}</source>
   <translation>连不上 {0}</translation>
  </message>
  <message>
   <source>No node was set up here.</source>
   <translation>这里还没有设置节点。</translation>
  </message>
  <message>
   <source>None was made yet, so it isn't shown that others' units run safely here.</source>
   <translation>还没有做过，所以没有证明别人的单元能在这里安全运行。</translation>
  </message>
  <message>
   <source>Not all of it could be looked at, {0}.</source>
   <translation>没能全部检查，{0}。</translation>
  </message>
  <message>
   <source>Not known</source>
   <translation>未知</translation>
  </message>
  <message>
   <source>Nothing here would change that; other work comes by itself.</source>
   <translation>在这里没有办法改变，其他任务会自己来。</translation>
  </message>
  <message>
   <source>Nothing to do; work comes by itself.</source>
   <translation>不用做什么，任务会自己来。</translation>
  </message>
  <message>
   <source>Passed, {0}.</source>
   <translation>已通过，{0}。</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>Set it up with an enrollment code of your account.</source>
   <translation>请用你账户的注册代码来设置。</translation>
  </message>
  <message>
   <source>Share again, or wait until then.</source>
   <translation>请恢复共享，或等到那时。</translation>
  </message>
  <message>
   <source>Share more of the disk in Rules, or make room on it.</source>
   <translation>请在规则里多共享一些磁盘，或腾出空间。</translation>
  </message>
  <message>
   <source>Share more processors in Rules.</source>
   <translation>请在规则里多共享几个处理器。</translation>
  </message>
  <message>
   <source>Start it here. If it ends again, what it says last stands at the top.</source>
   <translation>在这里启动它。如果它又结束了，上方会显示它最后说的话。</translation>
  </message>
  <message>
   <source>That doesn't mend by itself: update the program, or enrol this computer anew.</source>
   <translation>这不会自己好：请更新程序，或重新登记这台电脑。</translation>
  </message>
  <message>
   <source>That is a rule of yours. Change it, or share anyway for an hour on My node.</source>
   <translation>这是你定的规则。可以修改它，或在“我的节点”里仍然共享一小时。</translation>
  </message>
  <message>
   <source>The node doesn't run</source>
   <translation>节点没有运行</translation>
  </message>
  <message>
   <source>The self-test's page says for each what mends it.</source>
   <translation>自检页面写着每一项怎么解决。</translation>
  </message>
  <message>
   <source>There is no line to it now.</source>
   <translation>现在没有连接。</translation>
  </message>
  <message>
   <source>This computer isn't shared</source>
   <translation>这台电脑没有共享</translation>
  </message>
  <message>
   <source>This computer was set up for sharing, and no node runs now: nothing is shared, nothing earned.</source>
   <translation>这台电脑已设置为共享，但现在没有节点在运行：没有共享，也没有收入。</translation>
  </message>
  <message>
   <source>To know</source>
   <translation>请留意</translation>
  </message>
  <message>
   <source>To take them again, take their packages off your list in History.</source>
   <translation>想再接它们，请在历史里把它们的训练包移出你的名单。</translation>
  </message>
  <message>
   <source>Version {0}</source>
   <translation>版本 {0}</translation>
  </message>
  <message>
   <source>Version {0}, started {1}</source>
   <translation>版本 {0}，{1} 启动</translation>
  </message>
  <message>
   <source>What the sandbox lacks stands here as well.</source>
   <translation>沙箱缺什么也写在这里。</translation>
  </message>
  <message>
   <source>Work that waits</source>
   <translation>等待中的任务</translation>
  </message>
  <message>
   <source>{0} answers</source>
   <translation>{0} 有回应</translation>
  </message>
  <message>
   <source>{0} doesn't answer</source>
   <translation>{0} 没有回应</translation>
  </message>
  <message>
   <source>{0} of {1} checks failed, {2}.</source>
   <translation>{1} 项检查中有 {0} 项未通过，{2}。</translation>
  </message>
  <message>
   <source>{0} refuses this node</source>
   <translation>{0} 拒绝这个节点</translation>
  </message>
  <message>
   <source>{0} runs</source>
   <translation>{0} 正在运行</translation>
  </message>
 </context>
 <context>
  <name>first_start</name>
  <message>
   <source>Allow plain http to a machine of my own network</source>
   <translation>允许以明文 http 连接自己网络里的机器</translation>
  </message>
  <message>
   <source>Connect</source>
   <translation>连接</translation>
  </message>
  <message>
   <source>Connect to a server</source>
   <translation>连接服务器</translation>
  </message>
  <message>
   <source>Server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <source>Set up sharing</source>
   <translation>设置共享</translation>
  </message>
  <message>
   <source>Share my GPU</source>
   <translation>共享我的显卡</translation>
  </message>
  <message>
   <source>The node starts paused: nothing runs here before you press Share.</source>
   <translation>节点开始时是暂停的：在你按下“共享”之前，这里什么都不会运行。</translation>
  </message>
  <message>
   <source>The operator of the server gives you both. The key stays on this computer, in its keyring.</source>
   <translation>两者都由服务器管理员提供。密钥留在这台电脑的密钥环里。</translation>
  </message>
 </context>
 <context>
  <name>gpu_names</name>
  <message>
   <source>GPU {0} · {1}</source>
   <translation>GPU {0} · {1}</translation>
  </message>
 </context>
 <context>
  <name>job_form</name>
  <message>
   <source>A number</source>
   <translation>数字</translation>
  </message>
  <message>
   <source>A whole number</source>
   <translation>整数</translation>
  </message>
  <message>
   <source>Choose a dataset</source>
   <translation>选择数据集</translation>
  </message>
  <message>
   <source>Choose a training package</source>
   <translation>选择训练包</translation>
  </message>
  <message>
   <source>Give it a name</source>
   <translation>起个名字</translation>
  </message>
  <message>
   <source>{0} or less</source>
   <translation>{0} 或更小</translation>
  </message>
  <message>
   <source>{0} or more</source>
   <translation>{0} 或更大</translation>
  </message>
 </context>
 <context>
  <name>jobs</name>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Another attempt was first</source>
   <translation>另一次尝试先完成</translation>
  </message>
  <message>
   <source>At step {0}</source>
   <translation>在第 {0} 步</translation>
  </message>
  <message>
   <source>Average</source>
   <translation>平均</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>Charged</source>
   <translation>已扣积分</translation>
  </message>
  <message>
   <source>Charged {0}, returned {1}</source>
   <translation>已扣 {0}，已退回 {1}</translation>
  </message>
  <message>
   <source>Completed</source>
   <translation>已完成</translation>
  </message>
  <message>
   <source>Cost (credits)</source>
   <translation>费用（积分）</translation>
  </message>
  <message>
   <source>Created</source>
   <translation>创建时间</translation>
  </message>
  <message>
   <source>Dataset / package</source>
   <translation>数据集 / 训练包</translation>
  </message>
  <message>
   <source>Evaluate</source>
   <translation>评估</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>From step {0}</source>
   <translation>从第 {0} 步继续</translation>
  </message>
  <message>
   <source>From step {0} to {1}</source>
   <translation>从第 {0} 步到 {1} 步</translation>
  </message>
  <message>
   <source>Handed back by its owner</source>
   <translation>由机主交还</translation>
  </message>
  <message>
   <source>Held</source>
   <translation>预留积分</translation>
  </message>
  <message>
   <source>It ended at step {0}.</source>
   <translation>止于第 {0} 步。</translation>
  </message>
  <message>
   <source>It goes on if it comes back; else another node does.</source>
   <translation>如果它恢复，会继续运行；否则由另一个节点接着运行。</translation>
  </message>
  <message>
   <source>It took {0}; {1} was allowed.</source>
   <translation>用了 {0}；允许 {1}。</translation>
  </message>
  <message>
   <source>Its checkpoint was used.</source>
   <translation>它的检查点被用上了。</translation>
  </message>
  <message>
   <source>Its log says more.</source>
   <translation>详情见它的日志。</translation>
  </message>
  <message>
   <source>Kept and yours: what {0} made.</source>
   <translation>已保留给你：{0} 的产物。</translation>
  </message>
  <message>
   <source>Lost contact</source>
   <translation>失去联系</translation>
  </message>
  <message>
   <source>MMM d</source>
   <comment>date of a job in Qt's date format</comment>
   <translation>M 月 d 日</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Not charged.</source>
   <translation>不扣积分。</translation>
  </message>
  <message>
   <source>Not verified</source>
   <translation>未通过校验</translation>
  </message>
  <message>
   <source>Package</source>
   <translation>打包</translation>
  </message>
  <message>
   <source>Prepare</source>
   <translation>准备</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <source>Refused by the node</source>
   <translation>被节点拒绝</translation>
  </message>
  <message>
   <source>Returned</source>
   <translation>已退回</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>Select</source>
   <translation>择优</translation>
  </message>
  <message>
   <source>State</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>What was charged and returned</source>
   <translation>扣费与退回</translation>
  </message>
  <message>
   <source>about {0} {1}</source>
   <translation>约 {0} {1}</translation>
  </message>
  <message>
   <source>cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>for {0}</source>
   <translation>用于 {0}</translation>
  </message>
  <message>
   <source>h</source>
   <translation>小时</translation>
  </message>
  <message>
   <source>min</source>
   <translation>分钟</translation>
  </message>
  <message>
   <source>needs {0}</source>
   <translation>等待 {0} 个</translation>
  </message>
  <message>
   <source>no able node is free</source>
   <translation>没有可用的空闲节点</translation>
  </message>
  <message>
   <source>ran {0}</source>
   <translation>运行 {0}</translation>
  </message>
  <message>
   <source>s</source>
   <translation>秒</translation>
  </message>
  <message>
   <source>settled</source>
   <translation>已结清</translation>
  </message>
  <message>
   <source>starting</source>
   <translation>启动中</translation>
  </message>
  <message>
   <source>today {0}</source>
   <translation>今天 {0}</translation>
  </message>
  <message>
   <source>took {0}</source>
   <translation>用时 {0}</translation>
  </message>
  <message>
   <source>waits for a free node: needs {0}</source>
   <translation>等待空闲节点：需要 {0}</translation>
  </message>
  <message>
   <source>yesterday {0}</source>
   <translation>昨天 {0}</translation>
  </message>
  <message>
   <source>{0} / {1} units</source>
   <translation>{0} / {1} 个单元</translation>
  </message>
  <message>
   <source>{0} held</source>
   <translation>预留 {0}</translation>
  </message>
  <message>
   <source>{0} measured, {1} allowed</source>
   <translation>实测 {0}，上限 {1}</translation>
  </message>
  <message>
   <source>{0} of {1}</source>
   <translation>{0} / {1}</translation>
  </message>
  <message>
   <source>{0} of {1} running</source>
   <translation>{0} / {1} 运行中</translation>
  </message>
  <message>
   <source>{0} {1} of {2}</source>
   <translation>{0} {1}/{2}</translation>
  </message>
  <message>
   <source>{0} · all files go to {1}</source>
   <translation>{0} · 所有文件保存到 {1}</translation>
  </message>
 </context>
 <context>
  <name>key_scopes</name>
  <message>
   <source>API keys</source>
   <translation>API 密钥</translation>
  </message>
  <message>
   <source>All that this access may</source>
   <translation>本窗口拥有的全部权限</translation>
  </message>
  <message>
   <source>Artifacts</source>
   <translation>产物</translation>
  </message>
  <message>
   <source>Datasets</source>
   <translation>数据集</translation>
  </message>
  <message>
   <source>Own nodes</source>
   <translation>自己的节点</translation>
  </message>
  <message>
   <source>Read</source>
   <translation>读</translation>
  </message>
  <message>
   <source>Read everything, change nothing</source>
   <translation>全部只读</translation>
  </message>
  <message>
   <source>Read usage and credits only</source>
   <translation>只读用量与积分</translation>
  </message>
  <message>
   <source>Train from a script</source>
   <translation>用脚本训练</translation>
  </message>
  <message>
   <source>Training jobs</source>
   <translation>训练任务</translation>
  </message>
  <message>
   <source>Training packages</source>
   <translation>训练包</translation>
  </message>
  <message>
   <source>Usage and credits</source>
   <translation>用量与积分</translation>
  </message>
  <message>
   <source>Webhooks</source>
   <translation>Webhooks</translation>
  </message>
  <message>
   <source>Write</source>
   <translation>写</translation>
  </message>
  <message>
   <source>everything</source>
   <translation>全部权限</translation>
  </message>
 </context>
 <context>
  <name>ledger</name>
  <message>
   <source>Available after</source>
   <translation>变动后可用</translation>
  </message>
  <message>
   <source>Charge</source>
   <translation>扣费</translation>
  </message>
  <message>
   <source>Credits</source>
   <translation>积分</translation>
  </message>
  <message>
   <source>Earning</source>
   <translation>收入</translation>
  </message>
  <message>
   <source>Fee</source>
   <translation>服务费</translation>
  </message>
  <message>
   <source>For</source>
   <translation>用途</translation>
  </message>
  <message>
   <source>Grant</source>
   <translation>发放</translation>
  </message>
  <message>
   <source>Hold</source>
   <translation>预留</translation>
  </message>
  <message>
   <source>Job</source>
   <translation>任务</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>类型</translation>
  </message>
  <message>
   <source>Release</source>
   <translation>释放</translation>
  </message>
  <message>
   <source>Reversal</source>
   <translation>冲正</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>by the operator</source>
   <translation>由管理员</translation>
  </message>
  <message>
   <source>its part of the hold</source>
   <translation>预留中的相应部分</translation>
  </message>
  <message>
   <source>the most its units can cost</source>
   <translation>单元的最高费用</translation>
  </message>
 </context>
 <context>
  <name>line</name>
  <message>
   <source>Down at most {0}.</source>
   <translation>下行最多 {0}。</translation>
  </message>
  <message>
   <source>Its tier is {0}.</source>
   <translation>等级：{0}。</translation>
  </message>
  <message>
   <source>That is used up: nothing more passes until tomorrow.</source>
   <translation>已用完：明天之前不再传输。</translation>
  </message>
  <message>
   <source>This node today: {0} down, {1} up, of {2} a day.</source>
   <translation>此节点今天：下行 {0}，上行 {1}，每天上限 {2}。</translation>
  </message>
  <message>
   <source>This node today: {0} down, {1} up.</source>
   <translation>此节点今天：下行 {0}，上行 {1}。</translation>
  </message>
  <message>
   <source>Up at most {0}.</source>
   <translation>上行最多 {0}。</translation>
  </message>
  <message>
   <source>{0} of finished work wait for it.</source>
   <translation>{0} 已完成的工作等到那时再传。</translation>
  </message>
 </context>
 <context>
  <name>machine</name>
  <message>
   <source>, </source>
   <translation>、</translation>
  </message>
  <message>
   <source>No NVIDIA GPU, CPU only</source>
   <translation>没有 NVIDIA 显卡，仅 CPU</translation>
  </message>
  <message>
   <source>No sandbox: only your own code runs here</source>
   <translation>没有沙箱：这里只运行你自己的代码</translation>
  </message>
  <message>
   <source>Sandbox works ({0})</source>
   <translation>沙箱可用（{0}）</translation>
  </message>
  <message>
   <source>{0} GB free</source>
   <translation>可用 {0} GB</translation>
  </message>
  <message>
   <source>{0} cores</source>
   <translation>{0} 核</translation>
  </message>
 </context>
 <context>
  <name>machines</name>
  <message>
   <source>, </source>
   <translation>，</translation>
  </message>
  <message>
   <source>1 core</source>
   <translation>1 核</translation>
  </message>
  <message>
   <source>Busy with 1 unit</source>
   <translation>正在运行 1 个单元</translation>
  </message>
  <message>
   <source>Busy with {0} units</source>
   <translation>正在运行 {0} 个单元</translation>
  </message>
  <message>
   <source>Not heard of yet</source>
   <translation>还没有消息</translation>
  </message>
  <message>
   <source>Offers nothing now</source>
   <translation>现在不提供</translation>
  </message>
  <message>
   <source>Silent since {0}</source>
   <translation>自 {0} 起没有消息</translation>
  </message>
  <message>
   <source>Waiting for work</source>
   <translation>等待任务</translation>
  </message>
  <message>
   <source>a GPU</source>
   <translation>一块 GPU</translation>
  </message>
  <message>
   <source>and {0} more</source>
   <translation>另有 {0} 个</translation>
  </message>
  <message>
   <source>cut into parts (MIG), which can't be offered yet</source>
   <translation>已切分成多个部分（MIG），目前还不能提供</translation>
  </message>
  <message>
   <source>in trouble</source>
   <translation>有问题</translation>
  </message>
  <message>
   <source>in trouble: {0}</source>
   <translation>有问题：{0}</translation>
  </message>
  <message>
   <source>lost</source>
   <translation>已丢失</translation>
  </message>
  <message>
   <source>lost: {0}</source>
   <translation>已丢失：{0}</translation>
  </message>
  <message>
   <source>no driver works for it</source>
   <translation>没有可用的驱动程序</translation>
  </message>
  <message>
   <source>no driver works for it: {0}</source>
   <translation>没有可用的驱动程序：{0}</translation>
  </message>
  <message>
   <source>none told of yet</source>
   <translation>还没有报告</translation>
  </message>
  <message>
   <source>not all was looked at, {0}</source>
   <translation>未全部检查，{0}</translation>
  </message>
  <message>
   <source>not one of NVIDIA's, which alone can be offered yet</source>
   <translation>不是 NVIDIA 的 GPU，目前只能提供 NVIDIA 的</translation>
  </message>
  <message>
   <source>one of its rules pauses it</source>
   <translation>它的一条规则暂停了它</translation>
  </message>
  <message>
   <source>passed, {0}</source>
   <translation>通过，{0}</translation>
  </message>
  <message>
   <source>the processors</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>you don't share it</source>
   <translation>你没有共享它</translation>
  </message>
  <message>
   <source>{0} ({1})</source>
   <translation>{0}（{1}）</translation>
  </message>
  <message>
   <source>{0} cores</source>
   <translation>{0} 核</translation>
  </message>
  <message>
   <source>{0} isn't heard of any more</source>
   <translation>{0} 没有消息了</translation>
  </message>
  <message>
   <source>{0} of disk</source>
   <translation>{0} 磁盘</translation>
  </message>
  <message>
   <source>{0} of memory</source>
   <translation>{0} 内存</translation>
  </message>
  <message>
   <source>{0} of {1} can be used again</source>
   <translation>{1} 的 {0} 又能用了</translation>
  </message>
  <message>
   <source>{0} of {1} can't be used any more</source>
   <translation>{1} 的 {0} 不能再用了</translation>
  </message>
  <message>
   <source>{0} of {1} checks failed, {2}</source>
   <translation>{1} 项检查中有 {0} 项未通过，{2}</translation>
  </message>
  <message>
   <source>{0} of {1} has another driver now</source>
   <translation>{1} 的 {0} 换了驱动程序</translation>
  </message>
  <message>
   <source>{0} on {1} since {2}, sha256 {3}</source>
   <translation>{1} 上的{0}，自 {2} 起，sha256 {3}</translation>
  </message>
  <message>
   <source>{0}: {1}</source>
   <translation>{0}：{1}</translation>
  </message>
 </context>
 <context>
  <name>new_secret</name>
  <message>
   <source>+{0}</source>
   <translation>另 {0} 项</translation>
  </message>
  <message>
   <source>Copied: it reads $GPU_AGENT_API_KEY</source>
   <translation>已复制：从 $GPU_AGENT_API_KEY 读取密钥</translation>
  </message>
  <message>
   <source>Copy a curl example</source>
   <translation>复制 curl 示例</translation>
  </message>
  <message>
   <source>I have put it where it is safe</source>
   <translation>我已经保存好了</translation>
  </message>
  <message>
   <source>It goes into the header X-API-Key. Keep it out of training packages: a node's owner can read those.</source>
   <translation>放在请求头 X-API-Key 里。不要写进训练包：节点的主人能读到。</translation>
  </message>
  <message>
   <source>Kept in a file that only you can read</source>
   <translation>保存在只有你能读取的文件里</translation>
  </message>
  <message>
   <source>Key created</source>
   <translation>密钥已创建</translation>
  </message>
  <message>
   <source>Shown this once: the server keeps only its hash. If it is lost, revoke it and make another.</source>
   <translation>密钥只显示这一次，服务器只保存它的哈希。丢了就吊销，再建一把。</translation>
  </message>
  <message>
   <source>Store in this computer's keyring</source>
   <translation>存入本机密钥环</translation>
  </message>
  <message>
   <source>Stored</source>
   <translation>已存入</translation>
  </message>
  <message>
   <source>Stored in this computer's keyring</source>
   <translation>已存入本机密钥环</translation>
  </message>
  <message>
   <source>The key</source>
   <translation>密钥</translation>
  </message>
  <message>
   <source>To read it: {0}</source>
   <translation>读取它：{0}</translation>
  </message>
  <message>
   <source>{0} may do this:</source>
   <translation>“{0}”可以：</translation>
  </message>
  <message>
   <source>{0}. The file: {1}</source>
   <translation>{0}。文件：{1}</translation>
  </message>
 </context>
 <context>
  <name>node</name>
  <message>
   <source>Busy on the GPU</source>
   <translation>显卡在忙</translation>
  </message>
  <message>
   <source>Busy on {0} of {1} GPUs</source>
   <translation>{1} 块显卡中 {0} 块在忙</translation>
  </message>
  <message>
   <source>Busy with 1 unit</source>
   <translation>正在运行 1 个单元</translation>
  </message>
  <message>
   <source>Busy with {0} units</source>
   <translation>正在运行 {0} 个单元</translation>
  </message>
  <message>
   <source>Collect</source>
   <translation>汇总</translation>
  </message>
  <message>
   <source>Evaluate</source>
   <translation>评估</translation>
  </message>
  <message>
   <source>Finishing, then pausing</source>
   <translation>跑完就暂停</translation>
  </message>
  <message>
   <source>GPU {0}</source>
   <translation>GPU {0}</translation>
  </message>
  <message>
   <source>It needs you</source>
   <translation>需要你处理</translation>
  </message>
  <message>
   <source>It takes nothing new. What runs is brought to its end.</source>
   <translation>不再接新任务，正在运行的会跑完。</translation>
  </message>
  <message>
   <source>Looking at this computer and its server.</source>
   <translation>正在查看这台电脑和服务器。</translation>
  </message>
  <message>
   <source>Looking for it. What you see is what it said last.</source>
   <translation>正在寻找它。现在看到的是它最后一次的状态。</translation>
  </message>
  <message>
   <source>Merge</source>
   <translation>合并</translation>
  </message>
  <message>
   <source>No line to {0}. It tries again by itself.</source>
   <translation>连不上 {0}，会自动重试。</translation>
  </message>
  <message>
   <source>No node runs here. Set it up, and it starts paused.</source>
   <translation>这里没有节点在运行。设置后会以暂停状态开始。</translation>
  </message>
  <message>
   <source>Not connected</source>
   <translation>未连接</translation>
  </message>
  <message>
   <source>Nothing confines code here, so it takes only its owner's jobs.</source>
   <translation>这里没有沙箱，所以只接主人自己的任务。</translation>
  </message>
  <message>
   <source>Nothing is leased to it: no job that it can run is waiting.</source>
   <translation>没有分到任务：没有它能运行的任务在等待。</translation>
  </message>
  <message>
   <source>Nothing runs here until you share again.</source>
   <translation>在你恢复共享之前，这里什么都不运行。</translation>
  </message>
  <message>
   <source>Nothing runs here · {0} left</source>
   <translation>这里什么都不运行 · 还有 {0}</translation>
  </message>
  <message>
   <source>Nothing runs here. It shares again by itself when the rule allows it.</source>
   <translation>现在不运行任何任务。规则允许时会自动恢复共享。</translation>
  </message>
  <message>
   <source>Pause frees GPU memory within 10 s.</source>
   <translation>暂停后 10 秒内释放显存。</translation>
  </message>
  <message>
   <source>Pause stops all work within 10 s.</source>
   <translation>暂停后 10 秒内停止所有任务。</translation>
  </message>
  <message>
   <source>Paused by a rule</source>
   <translation>因规则暂停</translation>
  </message>
  <message>
   <source>Paused by you</source>
   <translation>由你暂停</translation>
  </message>
  <message>
   <source>Paused by you until {0}</source>
   <translation>由你暂停，到 {0}</translation>
  </message>
  <message>
   <source>Pausing</source>
   <translation>正在暂停</translation>
  </message>
  <message>
   <source>Prepare</source>
   <translation>准备</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>Sharing since {0}. {1}</source>
   <translation>从 {0} 开始共享。{1}</translation>
  </message>
  <message>
   <source>Sharing, waiting for work</source>
   <translation>共享中，等待任务</translation>
  </message>
  <message>
   <source>Starting</source>
   <translation>正在启动</translation>
  </message>
  <message>
   <source>That doesn't mend by itself: update the program, or enrol this computer anew.</source>
   <translation>这不会自己好：请更新程序，或重新登记这台电脑。</translation>
  </message>
  <message>
   <source>The node</source>
   <translation>节点</translation>
  </message>
  <message>
   <source>This computer isn't shared</source>
   <translation>这台电脑没有共享</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Without its server it gets no work. What runs goes on, and it tries again by itself.</source>
   <translation>连不上服务器就接不到任务。正在运行的会继续，它会自动重试。</translation>
  </message>
  <message>
   <source>Work is kept and given back. GPU memory is free within 10 s.</source>
   <translation>先存检查点再交还，显存 10 秒内释放。</translation>
  </message>
  <message>
   <source>You paused it until {0}.</source>
   <translation>你把它暂停到 {0}。</translation>
  </message>
  <message>
   <source>You paused it, until you share again.</source>
   <translation>你暂停了它，直到你恢复共享。</translation>
  </message>
  <message>
   <source>clearing up</source>
   <translation>正在清理</translation>
  </message>
  <message>
   <source>collecting its results</source>
   <translation>正在收集结果</translation>
  </message>
  <message>
   <source>ending</source>
   <translation>正在结束</translation>
  </message>
  <message>
   <source>fetching its data</source>
   <translation>正在取数据</translation>
  </message>
  <message>
   <source>installing what it needs</source>
   <translation>正在安装依赖</translation>
  </message>
  <message>
   <source>keeping its work</source>
   <translation>正在保存进度</translation>
  </message>
  <message>
   <source>running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>sending its results</source>
   <translation>正在上传结果</translation>
  </message>
  <message>
   <source>starting</source>
   <translation>正在启动</translation>
  </message>
  <message>
   <source>{0} doesn't answer</source>
   <translation>{0} 没有回应</translation>
  </message>
  <message>
   <source>{0} h</source>
   <translation>{0} 小时</translation>
  </message>
  <message>
   <source>{0} h {1} min</source>
   <translation>{0} 小时 {1} 分</translation>
  </message>
  <message>
   <source>{0} min</source>
   <translation>{0} 分钟</translation>
  </message>
  <message>
   <source>{0} min {1} s</source>
   <translation>{0} 分 {1} 秒</translation>
  </message>
  <message>
   <source>{0} s</source>
   <translation>{0} 秒</translation>
  </message>
  <message>
   <source>{0} · {1}, {2} %</source>
   <translation>{0} · {1}，{2}%</translation>
  </message>
  <message>
   <source>{0}: {1}</source>
   <translation>{0}：{1}</translation>
  </message>
 </context>
 <context>
  <name>node_said</name>
  <message>
   <source>; </source>
   <translation>；</translation>
  </message>
  <message>
   <source>AppArmor forbids user namespaces to programs without a profile: {0}</source>
   <translation>AppArmor 不允许没有配置文件的程序使用用户命名空间：{0}</translation>
  </message>
  <message>
   <source>Ask whoever runs the server; until then the node tries again by itself</source>
   <translation>请询问服务器的管理者；在此之前节点会自己再试</translation>
  </message>
  <message>
   <source>Bring bubblewrap and the kernel up to date, and start the machine again</source>
   <translation>更新 bubblewrap 和内核，然后重启电脑</translation>
  </message>
  <message>
   <source>CUDA does not run in the box: {0}</source>
   <translation>CUDA 在沙箱里不能运行：{0}</translation>
  </message>
  <message>
   <source>Change the setting now</source>
   <translation>现在就改这项设置</translation>
  </message>
  <message>
   <source>Get the profiles that Ubuntu leaves out</source>
   <translation>安装 Ubuntu 没有自带的配置文件</translation>
  </message>
  <message>
   <source>If it stays so, tell whoever makes this program: until then nothing is run here</source>
   <translation>如果仍然如此，请告诉本程序的开发者：在此之前这里不运行任何单元</translation>
  </message>
  <message>
   <source>If it stays so, the card is broken: nothing is run on it</source>
   <translation>如果仍然如此，说明显卡坏了：上面不会运行任何单元</translation>
  </message>
  <message>
   <source>Install one</source>
   <translation>安装一个</translation>
  </message>
  <message>
   <source>Install the newest driver of the system's own packages, and start the machine again</source>
   <translation>安装系统软件源里最新的驱动，然后重启电脑</translation>
  </message>
  <message>
   <source>Keep it so after a restart of the machine</source>
   <translation>让它在重启后仍然有效</translation>
  </message>
  <message>
   <source>Load it; no restart is needed</source>
   <translation>加载它；无需重启</translation>
  </message>
  <message>
   <source>Look at what the driver says of the card</source>
   <translation>看看驱动怎么说这块显卡</translation>
  </message>
  <message>
   <source>Look whether this machine reaches the network, and whether a proxy or firewall stands in the way</source>
   <translation>看看这台电脑能否联网，是否有代理或防火墙挡着</translation>
  </message>
  <message>
   <source>Make room, or give the node another disk with --data-dir</source>
   <translation>腾出空间，或用 --data-dir 给节点换一块磁盘</translation>
  </message>
  <message>
   <source>NetworkManager doesn't know it (is this network another program's?)</source>
   <translation>NetworkManager 不知道（这个网络是别的程序管的吗？）</translation>
  </message>
  <message>
   <source>Nothing answers at {0}.</source>
   <translation>{0} 没有程序应答。</translation>
  </message>
  <message>
   <source>Put the one for bubblewrap in its place</source>
   <translation>把 bubblewrap 的那个放到位</translation>
  </message>
  <message>
   <source>Read what each layer of the box says</source>
   <translation>看看沙箱的每一层怎么说</translation>
  </message>
  <message>
   <source>Say this in a terminal</source>
   <translation>在终端里运行</translation>
  </message>
  <message>
   <source>See what fills it</source>
   <translation>看看什么占满了它</translation>
  </message>
  <message>
   <source>See what holds it</source>
   <translation>看看什么占着它</translation>
  </message>
  <message>
   <source>Start the node again</source>
   <translation>重新启动节点</translation>
  </message>
  <message>
   <source>Start the node so that it gets cgroups of its own</source>
   <translation>这样启动节点，让它有自己的 cgroup</translation>
  </message>
  <message>
   <source>The connection to {0} broke</source>
   <translation>与 {0} 的连接断了</translation>
  </message>
  <message>
   <source>The connection to {0} broke: {1}</source>
   <translation>与 {0} 的连接断了：{1}</translation>
  </message>
  <message>
   <source>The name of {0} can't be found.</source>
   <translation>找不到 {0} 这个名称。</translation>
  </message>
  <message>
   <source>Undo overclocking, of the memory too, and look at the card's temperature</source>
   <translation>取消超频（显存也是），并看看显卡的温度</translation>
  </message>
  <message>
   <source>Update this program: what the node holds is finished and kept</source>
   <translation>更新本程序：节点手里的工作会完成并保留</translation>
  </message>
  <message>
   <source>Wayland can't be asked at {0}: {1}</source>
   <translation>无法在 {0} 询问 Wayland：{1}</translation>
  </message>
  <message>
   <source>Wayland doesn't tell which windows fill the screen</source>
   <translation>Wayland 不告诉哪些窗口占满屏幕</translation>
  </message>
  <message>
   <source>Windows doesn't know what its network costs</source>
   <translation>Windows 不知道网络是否按流量计费</translation>
  </message>
  <message>
   <source>Windows doesn't tell of input in this session (is the node a service?)</source>
   <translation>Windows 不告诉这个会话里的输入（节点是作为服务运行的吗？）</translation>
  </message>
  <message>
   <source>Windows doesn't tell what fills the screen</source>
   <translation>Windows 不告诉什么程序占满屏幕</translation>
  </message>
  <message>
   <source>Windows doesn't tell what it draws on</source>
   <translation>Windows 不告诉用的是什么电源</translation>
  </message>
  <message>
   <source>Windows doesn't tell what its network costs</source>
   <translation>Windows 不告诉网络是否按流量计费</translation>
  </message>
  <message>
   <source>a new /proc can't be mounted here, as in a container that masks parts of it: {0}</source>
   <translation>这里不能挂载新的 /proc，就像在遮住其中一部分的容器里：{0}</translation>
  </message>
  <message>
   <source>a rule of the node's owner paused its GPU</source>
   <translation>主人的规则暂停了它的 GPU</translation>
  </message>
  <message>
   <source>a rule of the node's owner paused the node</source>
   <translation>主人的规则暂停了本机</translation>
  </message>
  <message>
   <source>a script ran in {0} s; layers that hold: {1}</source>
   <translation>一个脚本用 {0} 秒运行完；有效的层：{1}</translation>
  </message>
  <message>
   <source>a script that only says that it runs ended so: {0}</source>
   <translation>一个只说自己在运行的脚本这样结束了：{0}</translation>
  </message>
  <message>
   <source>a unit needs the line</source>
   <translation>有单元要用线路</translation>
  </message>
  <message>
   <source>a unit uses this GPU</source>
   <translation>有单元在用这块 GPU</translation>
  </message>
  <message>
   <source>another free machine could take them too</source>
   <translation>另外 1 台空闲机器也能接</translation>
  </message>
  <message>
   <source>bubblewrap failed: {0}</source>
   <translation>bubblewrap 失败：{0}</translation>
  </message>
  <message>
   <source>bubblewrap is not installed</source>
   <translation>没有安装 bubblewrap</translation>
  </message>
  <message>
   <source>by a watcher</source>
   <translation>由监视程序</translation>
  </message>
  <message>
   <source>by cgroups</source>
   <translation>由 cgroup</translation>
  </message>
  <message>
   <source>bytes and files are looked at five times a second, since no image can be mounted: {0}</source>
   <translation>每秒查看五次字节数和文件数，因为不能挂载映像：{0}</translation>
  </message>
  <message>
   <source>bytes and files are looked at five times a second, since only root may mount an image</source>
   <translation>每秒查看五次字节数和文件数，因为只有 root 可以挂载映像</translation>
  </message>
  <message>
   <source>bytes and files by the kernel: each unit writes to an image of the size that was agreed</source>
   <translation>字节数和文件数由内核限制：每个单元写入大小约定好的映像</translation>
  </message>
  <message>
   <source>bytes up and down</source>
   <translation>上传和下载一些数据</translation>
  </message>
  <message>
   <source>code of a unit gets out of the box: {0}</source>
   <translation>单元的代码能逃出沙箱：{0}</translation>
  </message>
  <message>
   <source>code that takes too much</source>
   <translation>占用过多的代码</translation>
  </message>
  <message>
   <source>code that was given {0} MiB of memory was not stopped for it: {1}</source>
   <translation>限额 {0} MiB 内存的代码没有因超限被停止：{1}</translation>
  </message>
  <message>
   <source>code that was given {0} processes made {1}</source>
   <translation>限额 {0} 个进程的代码建了 {1} 个</translation>
  </message>
  <message>
   <source>compare: ls -l /dev/nvidia*; then sudo usermod -aG video,render $USER, and sign in again</source>
   <translation>先看 ls -l /dev/nvidia*，再运行 sudo usermod -aG video,render $USER，然后重新登录</translation>
  </message>
  <message>
   <source>driver {0}, memory and arithmetic</source>
   <translation>驱动 {0}，显存与运算</translation>
  </message>
  <message>
   <source>driver {0}, {1} GB, {2} TFLOPS, {3} GB of it tested, results equal</source>
   <translation>驱动 {0}，{1} GB，{2} TFLOPS，测试了其中 {3} GB，结果一致</translation>
  </message>
  <message>
   <source>fetch, train, checkpoint, resume, upload</source>
   <translation>获取、训练、检查点、恢复、上传</translation>
  </message>
  <message>
   <source>fetched, stopped at step {0} of {1}, went on from there, right; {2} bytes ready to send; {3} boxes in {4} s</source>
   <translation>已获取，在第 {0} / {1} 步停下，从那里继续，结果正确；{2} 字节待上传；{3} 个沙箱，{4} 秒</translation>
  </message>
  <message>
   <source>for an NVIDIA GPU install its driver (sudo ubuntu-drivers install, or your distribution's package), then restart the computer</source>
   <translation>如果有 NVIDIA GPU，安装它的驱动（sudo ubuntu-drivers install，或你的发行版的软件包），然后重启电脑</translation>
  </message>
  <message>
   <source>held</source>
   <translation>限制在</translation>
  </message>
  <message>
   <source>it did not come to its end within {0} seconds: the machine is busy</source>
   <translation>{0} 秒内没有做完：电脑正忙</translation>
  </message>
  <message>
   <source>it ended before</source>
   <translation>它提前结束了</translation>
  </message>
  <message>
   <source>it is cut into parts (MIG), which are not offered yet</source>
   <translation>它被切分成了几块（MIG），目前还不能共享</translation>
  </message>
  <message>
   <source>it needs more than the node's owner shares</source>
   <translation>它要的比主人共享的多</translation>
  </message>
  <message>
   <source>it was stopped before</source>
   <translation>在此之前被停止了</translation>
  </message>
  <message>
   <source>its fan is not held to {0} %: {1}</source>
   <translation>风扇没能限制在 {0} %：{1}</translation>
  </message>
  <message>
   <source>its fan is {0} to {1} %</source>
   <translation>风扇{0} {1} %</translation>
  </message>
  <message>
   <source>its owner does not share this GPU</source>
   <translation>主人没有共享这块 GPU</translation>
  </message>
  <message>
   <source>its owner left the line out</source>
   <translation>主人跳过了线路测试</translation>
  </message>
  <message>
   <source>its power and fan are as low as its rules say already</source>
   <translation>功耗和风扇已经不高于规则的要求</translation>
  </message>
  <message>
   <source>its power and fan are left alone, since what they were can't be kept: {0}</source>
   <translation>没有动它的功耗和风扇，因为记不下原来的设置：{0}</translation>
  </message>
  <message>
   <source>its power and fan could not be set: {0}</source>
   <translation>设不了它的功耗和风扇：{0}</translation>
  </message>
  <message>
   <source>its power is not held to {0} W: {1}</source>
   <translation>功耗没能限制在 {0} W：{1}</translation>
  </message>
  <message>
   <source>its power is {0} to {1} W</source>
   <translation>功耗{0} {1} W</translation>
  </message>
  <message>
   <source>look for Xid with: sudo dmesg | grep -i xid</source>
   <translation>用 sudo dmesg | grep -i xid 找 Xid</translation>
  </message>
  <message>
   <source>look whether it is plugged in and switched on; restart the computer</source>
   <translation>看看它是否插好并通电；重启电脑</translation>
  </message>
  <message>
   <source>macOS doesn't tell what is on the screen in this session</source>
   <translation>macOS 不告诉这个会话的屏幕上有什么</translation>
  </message>
  <message>
   <source>macOS doesn't tell when it was last used (HIDIdleTime)</source>
   <translation>macOS 不告诉上次使用的时间（HIDIdleTime）</translation>
  </message>
  <message>
   <source>macOS has no system of keys and pointers (IOHIDSystem)</source>
   <translation>macOS 没有键盘和指针的系统（IOHIDSystem）</translation>
  </message>
  <message>
   <source>macOS tells programs of this kind nothing of what a network costs</source>
   <translation>macOS 不告诉这类程序网络是否按流量计费</translation>
  </message>
  <message>
   <source>memory is looked at five times a second, since {0}</source>
   <translation>每秒查看五次内存，因为 {0}</translation>
  </message>
  <message>
   <source>memory of the GPU could not be taken: {0}</source>
   <translation>没能占用 GPU 的显存：{0}</translation>
  </message>
  <message>
   <source>memory taken, then a kill</source>
   <translation>占用显存，然后强制结束</translation>
  </message>
  <message>
   <source>memory, processes and processors by the kernel (cgroups, version {0})</source>
   <translation>内存、进程和处理器由内核限制（cgroups，版本 {0}）</translation>
  </message>
  <message>
   <source>namespaces are forbidden here, as they are in most containers and in a chroot: {0}</source>
   <translation>这里禁止命名空间，就像在大多数容器和 chroot 里：{0}</translation>
  </message>
  <message>
   <source>needs root: {0}</source>
   <translation>需要 root 权限：{0}</translation>
  </message>
  <message>
   <source>no GPU to test: {0}</source>
   <translation>没有可测的 GPU：{0}</translation>
  </message>
  <message>
   <source>no NVIDIA driver is installed</source>
   <translation>没有安装 NVIDIA 驱动</translation>
  </message>
  <message>
   <source>no Python 3.11 to 3.14 was found to run units with</source>
   <translation>没有找到可运行单元的 Python 3.11 到 3.14</translation>
  </message>
  <message>
   <source>no Python here runs the unit: {0}</source>
   <translation>这里没有能运行该单元的 Python：{0}</translation>
  </message>
  <message>
   <source>no filter of system calls is loaded in the box</source>
   <translation>沙箱里没有加载系统调用过滤器</translation>
  </message>
  <message>
   <source>no login with a screen is known to the node, nor has it one itself (DISPLAY, WAYLAND_DISPLAY)</source>
   <translation>节点不知道有带屏幕的登录，自己也没有（DISPLAY、WAYLAND_DISPLAY）</translation>
  </message>
  <message>
   <source>no longer held</source>
   <translation>不再限制在</translation>
  </message>
  <message>
   <source>no window manager on {0} tells which windows fill the screen</source>
   <translation>{0} 上没有窗口管理器告诉哪些窗口占满屏幕</translation>
  </message>
  <message>
   <source>nothing waits at the service now</source>
   <translation>服务器上现在没有等待的任务</translation>
  </message>
  <message>
   <source>of Wayland's windows only those of X11's programs can be seen, and none of these fills a screen</source>
   <translation>Wayland 的窗口里只看得到 X11 程序的，其中没有占满屏幕的</translation>
  </message>
  <message>
   <source>of their own for files, processes, network and users ({0})</source>
   <translation>文件、进程、网络和用户各自独立（{0}）</translation>
  </message>
  <message>
   <source>one of their own</source>
   <translation>各有自己的</translation>
  </message>
  <message>
   <source>only {0} MiB of the disk can be shared, {1} are the least</source>
   <translation>磁盘只有 {0} MiB 可共享，至少要 {1}</translation>
  </message>
  <message>
   <source>or set {0} to a folder that everyone may pass through</source>
   <translation>或把 {0} 设为人人可进入的文件夹</translation>
  </message>
  <message>
   <source>or start the container with: {0}</source>
   <translation>或这样启动容器：{0}</translation>
  </message>
  <message>
   <source>restart the computer</source>
   <translation>重启电脑</translation>
  </message>
  <message>
   <source>run the node on the machine itself</source>
   <translation>直接在这台电脑上运行节点</translation>
  </message>
  <message>
   <source>run the node with sudo, or leave power_watts and fan_percent out of the GPU's rules</source>
   <translation>用 sudo 运行节点，或从这块 GPU 的规则里去掉 power_watts 和 fan_percent</translation>
  </message>
  <message>
   <source>scripts that try to get out</source>
   <translation>尝试逃出的脚本</translation>
  </message>
  <message>
   <source>seccomp, built and loaded</source>
   <translation>seccomp，已构建并加载</translation>
  </message>
  <message>
   <source>seccomp, loaded: {0} calls that lead out were refused</source>
   <translation>seccomp，已加载：拒绝了 {0} 个能逃出去的调用</translation>
  </message>
  <message>
   <source>sudo modprobe nvidia; if that fails, sudo dkms autoinstall, then restart the computer</source>
   <translation>sudo modprobe nvidia；如果不行，运行 sudo dkms autoinstall，然后重启电脑</translation>
  </message>
  <message>
   <source>sudo nvidia-smi --gpu-reset, or restart the computer</source>
   <translation>sudo nvidia-smi --gpu-reset，或重启电脑</translation>
  </message>
  <message>
   <source>the GPU is no longer there</source>
   <translation>GPU 不见了</translation>
  </message>
  <message>
   <source>the GPU must be reset before anything can run on it</source>
   <translation>GPU 要先重置才能再用</translation>
  </message>
  <message>
   <source>the GPU no longer answers: it has fallen off the bus</source>
   <translation>GPU 不再回应：它从总线上掉下来了</translation>
  </message>
  <message>
   <source>the GPU's device file {0} is missing</source>
   <translation>找不到这块 GPU 的设备文件 {0}</translation>
  </message>
  <message>
   <source>the GPU's interrupts don't arrive</source>
   <translation>收不到 GPU 的中断</translation>
  </message>
  <message>
   <source>the NVIDIA driver does not answer as it should: {0}</source>
   <translation>NVIDIA 驱动的回应不正常：{0}</translation>
  </message>
  <message>
   <source>the NVIDIA driver does not let this user in</source>
   <translation>NVIDIA 驱动不让这个用户使用</translation>
  </message>
  <message>
   <source>the NVIDIA driver has not answered for {0} seconds</source>
   <translation>NVIDIA 驱动已经 {0} 秒没有回应</translation>
  </message>
  <message>
   <source>the NVIDIA driver is installed, and the kernel has not loaded it</source>
   <translation>装了 NVIDIA 驱动，但内核没有加载它</translation>
  </message>
  <message>
   <source>the NVIDIA driver was updated, and the kernel still runs the one before</source>
   <translation>NVIDIA 驱动更新过了，内核还在用旧的</translation>
  </message>
  <message>
   <source>the Wayland compositor at {0}</source>
   <translation>{0} 的 Wayland 合成器</translation>
  </message>
  <message>
   <source>the Wayland compositor at {0} has hung up</source>
   <translation>{0} 的 Wayland 合成器断开了连接</translation>
  </message>
  <message>
   <source>the X server of {0}</source>
   <translation>{0} 的 X 服务器</translation>
  </message>
  <message>
   <source>the X server of {0} lacks the extension {1}</source>
   <translation>{0} 的 X 服务器缺少扩展 {1}</translation>
  </message>
  <message>
   <source>the box could not be made: {0}</source>
   <translation>沙箱没能建立：{0}</translation>
  </message>
  <message>
   <source>the card does not let it be set ({0})</source>
   <translation>这块显卡不让设（{0}）</translation>
  </message>
  <message>
   <source>the desktop of login {0} doesn't tell logind when it is idle</source>
   <translation>登录 {0} 的桌面不告诉 logind 它何时空闲</translation>
  </message>
  <message>
   <source>the desktop's screen saver</source>
   <translation>桌面的屏幕保护程序</translation>
  </message>
  <message>
   <source>the driver does not tell how much of the GPU's memory is free</source>
   <translation>驱动不说 GPU 还有多少显存空闲</translation>
  </message>
  <message>
   <source>the driver has no GPU</source>
   <translation>驱动没有找到显卡</translation>
  </message>
  <message>
   <source>the driver refuses it, though this is root: in a container?</source>
   <translation>已经是 root，驱动仍然拒绝：是在容器里吗？</translation>
  </message>
  <message>
   <source>the filter lets through: {0}</source>
   <translation>过滤器放行了：{0}</translation>
  </message>
  <message>
   <source>the installed bubblewrap is too old: it lacks {0} (0.5 of 2021 has them)</source>
   <translation>安装的 bubblewrap 太旧：缺少 {0}（2021 年的 0.5 版有）</translation>
  </message>
  <message>
   <source>the list of power supplies can't be read: {0}</source>
   <translation>读不了电源列表：{0}</translation>
  </message>
  <message>
   <source>the node runs as root in a container that has no other user id for a customer's code, and root's own would leave it unconfined: run the node as an ordinary user</source>
   <translation>节点在容器里以 root 运行，容器里没有别的用户 ID 可给客户的代码，用 root 的又会让它不受限制：请以普通用户运行节点</translation>
  </message>
  <message>
   <source>the node's owner doesn't take jobs of this sensitivity</source>
   <translation>主人不接这种敏感级别的任务</translation>
  </message>
  <message>
   <source>the node's owner doesn't take this package</source>
   <translation>主人不接这个训练包</translation>
  </message>
  <message>
   <source>the node's, without any privilege</source>
   <translation>用节点的，没有任何特权</translation>
  </message>
  <message>
   <source>the owner paused the node</source>
   <translation>主人暂停了本机</translation>
  </message>
  <message>
   <source>the owner stopped the node</source>
   <translation>主人停止了节点</translation>
  </message>
  <message>
   <source>the rules in {0} can't be read: {1}. Nothing runs until they can: mend the file and start the node again, or write all rules anew with: gpu-agent-node rules set FILE</source>
   <translation>读不了 {0} 里的规则：{1}。在能读之前什么都不会运行：修好这个文件再启动节点，或用 gpu-agent-node rules set FILE 重写全部规则</translation>
  </message>
  <message>
   <source>the screen of user {0} can't be seen by the node, which is user {1}</source>
   <translation>节点是用户 {1}，看不到用户 {0} 的屏幕</translation>
  </message>
  <message>
   <source>the scripts in the box did not come to their end: {0}</source>
   <translation>沙箱里的脚本没有跑完：{0}</translation>
  </message>
  <message>
   <source>the self-test failed: {0}</source>
   <translation>自检没有通过：{0}</translation>
  </message>
  <message>
   <source>the server answers: {0}</source>
   <translation>服务器回答：{0}</translation>
  </message>
  <message>
   <source>the server says: {0}</source>
   <translation>服务器说：{0}</translation>
  </message>
  <message>
   <source>the session bus of user {0}</source>
   <translation>用户 {0} 的会话总线</translation>
  </message>
  <message>
   <source>the system bus</source>
   <translation>系统总线</translation>
  </message>
  <message>
   <source>the system refused: {0}</source>
   <translation>系统拒绝：{0}</translation>
  </message>
  <message>
   <source>the test in the box did not come to its end: {0}</source>
   <translation>沙箱里的测试没有跑完：{0}</translation>
  </message>
  <message>
   <source>the unit did not go on from its checkpoint</source>
   <translation>单元没有从检查点继续</translation>
  </message>
  <message>
   <source>the unit did not stop with a checkpoint when it was told to</source>
   <translation>单元收到停止要求后没有存检查点就停下</translation>
  </message>
  <message>
   <source>the unit's files could not be put together: {0}</source>
   <translation>单元的文件没能拼好：{0}</translation>
  </message>
  <message>
   <source>the unit's result is not what it has to be</source>
   <translation>单元的结果不对</translation>
  </message>
  <message>
   <source>there is no Python to run in a box</source>
   <translation>没有可在沙箱里运行的 Python</translation>
  </message>
  <message>
   <source>there is no Python to run in it</source>
   <translation>没有可在里面运行的 Python</translation>
  </message>
  <message>
   <source>this Wayland compositor doesn't tell when it is used (it lacks ext-idle-notify-v1)</source>
   <translation>这个 Wayland 合成器不告诉它何时被使用（缺少 ext-idle-notify-v1）</translation>
  </message>
  <message>
   <source>this kernel is set to allow no user namespaces (user.max_user_namespaces = 0): {0}</source>
   <translation>内核设置不允许用户命名空间（user.max_user_namespaces = 0）：{0}</translation>
  </message>
  <message>
   <source>this kernel is set to forbid user namespaces (kernel.unprivileged_userns_clone = 0): {0}</source>
   <translation>内核设置禁止用户命名空间（kernel.unprivileged_userns_clone = 0）：{0}</translation>
  </message>
  <message>
   <source>this node is not enrolled at a server yet</source>
   <translation>这个节点还没有在服务器登记</translation>
  </message>
  <message>
   <source>this node program is too old for its server: {0}. {1}</source>
   <translation>这个节点程序对它的服务器来说太旧了：{0}。{1}</translation>
  </message>
  <message>
   <source>those on a list only (seccomp)</source>
   <translation>只允许名单上的（seccomp）</translation>
  </message>
  <message>
   <source>to share the whole of it: sudo nvidia-smi -mig 0</source>
   <translation>要整块共享：sudo nvidia-smi -mig 0</translation>
  </message>
  <message>
   <source>under Wayland the X server of {0} sees only its own programs' keys</source>
   <translation>在 Wayland 下，{0} 的 X 服务器只看得到自己程序的按键</translation>
  </message>
  <message>
   <source>under Wayland this machine lacks the library pywayland</source>
   <translation>在 Wayland 下，这台电脑缺少 pywayland 库</translation>
  </message>
  <message>
   <source>units run on NVIDIA's GPUs only as yet; its processors and memory are shared all the same</source>
   <translation>目前只在 NVIDIA 的 GPU 上运行单元；处理器和内存照样共享</translation>
  </message>
  <message>
   <source>units run with a user id of their own, which may not enter {0}</source>
   <translation>单元以自己的用户身份运行，它进不了 {0}</translation>
  </message>
  <message>
   <source>units run {0} in {1}: no network, a read-only system, nothing of the owner's files or processes</source>
   <translation>单元在 {1} 里{0}运行：没有网络，系统只读，碰不到主人的文件和进程</translation>
  </message>
  <message>
   <source>what packages require is installed by a process that writes nowhere else</source>
   <translation>训练包的依赖由一个不能写到别处的进程安装</translation>
  </message>
  <message>
   <source>with a user id of their own</source>
   <translation>以各自的用户 ID </translation>
  </message>
  <message>
   <source>with the node's user id</source>
   <translation>以节点的用户 ID </translation>
  </message>
  <message>
   <source>writes {0} MB/s, syncs in {1} ms</source>
   <translation>写入 {0} MB/s，同步 {1} 毫秒</translation>
  </message>
  <message>
   <source>{0} (to mend it: {1})</source>
   <translation>{0}（解决办法：{1}）</translation>
  </message>
  <message>
   <source>{0} GB to share, {1}</source>
   <translation>可共享 {0} GB，{1}</translation>
  </message>
  <message>
   <source>{0} Mbit/s down, {1} Mbit/s up</source>
   <translation>下载 {0} Mbit/s，上传 {1} Mbit/s</translation>
  </message>
  <message>
   <source>{0} MiB taken, free again {1} s after a kill</source>
   <translation>占用 {0} MiB，强制结束后 {1} 秒释放</translation>
  </message>
  <message>
   <source>{0} answers in another form</source>
   <translation>{0} 的回答形式不对</translation>
  </message>
  <message>
   <source>{0} answers: {1}</source>
   <translation>{0} 回答：{1}</translation>
  </message>
  <message>
   <source>{0} can't be asked: {1}</source>
   <translation>无法询问 {0}：{1}</translation>
  </message>
  <message>
   <source>{0} can't be reached</source>
   <translation>连不上 {0}</translation>
  </message>
  <message>
   <source>{0} can't be reached: {1}</source>
   <translation>连不上 {0}：{1}</translation>
  </message>
  <message>
   <source>{0} can't be seen: {1}</source>
   <translation>看不到 {0}：{1}</translation>
  </message>
  <message>
   <source>{0} can't be spoken to by https: {1}</source>
   <translation>无法用 https 与 {0} 通信：{1}</translation>
  </message>
  <message>
   <source>{0} does not run: {1}</source>
   <translation>{0} 不能运行：{1}</translation>
  </message>
  <message>
   <source>{0} doesn't answer</source>
   <translation>{0} 没有应答</translation>
  </message>
  <message>
   <source>{0} doesn't answer ({1})</source>
   <translation>{0} 没有应答（{1}）</translation>
  </message>
  <message>
   <source>{0} doesn't count how long it is unused</source>
   <translation>{0} 不计空闲多久</translation>
  </message>
  <message>
   <source>{0} doesn't tell: {1}</source>
   <translation>{0} 不告诉：{1}</translation>
  </message>
  <message>
   <source>{0} in {1} ms, protocol {2}</source>
   <translation>{0}，{1} 毫秒，协议 {2}</translation>
  </message>
  <message>
   <source>{0} is no terminal</source>
   <translation>{0} 不是终端</translation>
  </message>
  <message>
   <source>{0} isn't there</source>
   <translation>没有 {0}</translation>
  </message>
  <message>
   <source>{0} isn't there ({1})</source>
   <translation>没有 {0}（{1}）</translation>
  </message>
  <message>
   <source>{0} of {1} calls were let through</source>
   <translation>放行了 {1} 个调用中的 {0} 个</translation>
  </message>
  <message>
   <source>{0} of {1} scripts got out</source>
   <translation>{1} 个脚本中有 {0} 个逃出</translation>
  </message>
  <message>
   <source>{0} of {1} units that wait can run here; {2}</source>
   <translation>{1} 个等待的单元中有 {0} 个能在这里运行；{2}</translation>
  </message>
  <message>
   <source>{0} of {1} units that wait can't run here: {2}</source>
   <translation>{1} 个等待的单元中有 {0} 个不能在这里运行：{2}</translation>
  </message>
  <message>
   <source>{0} other free machines could take them too</source>
   <translation>另外 {0} 台空闲机器也能接</translation>
  </message>
  <message>
   <source>{0} s after a kill the GPU's memory is not free again</source>
   <translation>强制结束 {0} 秒后 GPU 的显存还没有释放</translation>
  </message>
  <message>
   <source>{0} scripts tried to get out, none did</source>
   <translation>{0} 个脚本尝试逃出，都没成功</translation>
  </message>
  <message>
   <source>{0} seconds were used up before</source>
   <translation>{0} 秒已经用完</translation>
  </message>
  <message>
   <source>{0} speaks protocol {1}, this node {2}</source>
   <translation>{0} 的协议是 {1}，本节点是 {2}</translation>
  </message>
  <message>
   <source>{0} units wait whose packages you block</source>
   <translation>有 {0} 个单元在等待，但你屏蔽了它们的训练包</translation>
  </message>
  <message>
   <source>{0}, set again after it was undone</source>
   <translation>{0}，被改掉后又设了一次</translation>
  </message>
  <message>
   <source>{0}: a {1} MiB bomb ended in {2} s</source>
   <translation>{0}：一个 {1} MiB 的内存炸弹在 {2} 秒后被结束</translation>
  </message>
  <message>
   <source>{0}: something else sets it again and again, so it is left alone</source>
   <translation>{0}：别的程序一再改它，所以不再去动</translation>
  </message>
  <message>
   <source>{0}: what its power and fan were could not be put back: {1}</source>
   <translation>{0}：没能恢复原来的功耗和风扇：{1}</translation>
  </message>
  <message>
   <source>{0}: {1} can't be written: {2}</source>
   <translation>{0}：写不了 {1}：{2}</translation>
  </message>
  <message>
   <source>{0}; restart the computer</source>
   <translation>{0}；重启电脑</translation>
  </message>
  <message>
   <source>{0}; restart the computer; if it comes again, look at the GPU's power cables and heat</source>
   <translation>{0}；重启电脑；如果再出现，检查 GPU 的供电线和温度</translation>
  </message>
  <message>
   <source>{0}; {1} processes were made where {2} may be</source>
   <translation>{0}；最多允许 {2} 个进程，建了 {1} 个</translation>
  </message>
 </context>
 <context>
  <name>owner_attempts</name>
  <message>
   <source>Credits</source>
   <translation>积分</translation>
  </message>
  <message>
   <source>Earned</source>
   <translation>收益</translation>
  </message>
  <message>
   <source>Ended</source>
   <translation>结束</translation>
  </message>
  <message>
   <source>MB</source>
   <comment>megabytes in and out</comment>
   <translation>流量 MB</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>原因</translation>
  </message>
  <message>
   <source>Result</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时长</translation>
  </message>
  <message>
   <source>Unit</source>
   <translation>单元</translation>
  </message>
  <message>
   <source>Where</source>
   <translation>显卡</translation>
  </message>
  <message>
   <source>about {0}</source>
   <translation>约 {0}</translation>
  </message>
  <message>
   <source>kWh</source>
   <translation>kWh</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>package {0}</source>
   <translation>训练包 {0}</translation>
  </message>
 </context>
 <context>
  <name>pages</name>
  <message>
   <source>API docs</source>
   <translation>API 文档</translation>
  </message>
  <message>
   <source>API keys</source>
   <translation>API 密钥</translation>
  </message>
  <message>
   <source>Datasets</source>
   <translation>数据集</translation>
  </message>
  <message>
   <source>Demand</source>
   <translation>需求</translation>
  </message>
  <message>
   <source>Earnings</source>
   <translation>收益</translation>
  </message>
  <message>
   <source>History and log</source>
   <translation>历史与日志</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
  </message>
  <message>
   <source>New training job</source>
   <translation>新建训练任务</translation>
  </message>
  <message>
   <source>Overview</source>
   <translation>概览</translation>
  </message>
  <message>
   <source>Rules</source>
   <translation>规则</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>Training jobs</source>
   <translation>训练任务</translation>
  </message>
  <message>
   <source>Training packages</source>
   <translation>训练包</translation>
  </message>
  <message>
   <source>Troubleshoot</source>
   <translation>排查问题</translation>
  </message>
  <message>
   <source>Usage and credits</source>
   <translation>用量与积分</translation>
  </message>
  <message>
   <source>Webhooks</source>
   <translation>Webhooks</translation>
  </message>
 </context>
 <context>
  <name>preview</name>
  <message>
   <source>decimal</source>
   <translation>小数</translation>
  </message>
  <message>
   <source>empty</source>
   <translation>空</translation>
  </message>
  <message>
   <source>integer</source>
   <translation>整数</translation>
  </message>
  <message>
   <source>text</source>
   <translation>文本</translation>
  </message>
 </context>
 <context>
  <name>rules</name>
  <message>
   <source> and </source>
   <translation>，并且</translation>
  </message>
  <message>
   <source>, </source>
   <translation>，</translation>
  </message>
  <message>
   <source>All is paused, because {0}.</source>
   <translation>全部暂停，原因：{0}。</translation>
  </message>
  <message>
   <source>All of it</source>
   <translation>整台电脑</translation>
  </message>
  <message>
   <source>GPU {0}</source>
   <translation>GPU {0}</translation>
  </message>
  <message>
   <source>GPU {0} is paused, because {1}.</source>
   <translation>GPU {0} 已暂停，原因：{1}。</translation>
  </message>
  <message>
   <source>GPU {0} shares.</source>
   <translation>GPU {0} 在共享。</translation>
  </message>
  <message>
   <source>Next change: {0}</source>
   <translation>下次变化：{0}</translation>
  </message>
  <message>
   <source>This computer shares.</source>
   <translation>这台电脑在共享。</translation>
  </message>
  <message>
   <source>You paused it yourself; that stands over all rules.</source>
   <translation>是你自己暂停的，这高于所有规则。</translation>
  </message>
  <message>
   <source>a new day's traffic</source>
   <translation>新一天的流量</translation>
  </message>
  <message>
   <source>a program is full-screen</source>
   <translation>有程序全屏</translation>
  </message>
  <message>
   <source>a program runs</source>
   <translation>有程序在运行</translation>
  </message>
  <message>
   <source>after a program has ended</source>
   <translation>程序结束之后</translation>
  </message>
  <message>
   <source>another program uses it</source>
   <translation>别的程序在用它</translation>
  </message>
  <message>
   <source>idle long enough</source>
   <translation>空闲够久</translation>
  </message>
  <message>
   <source>it is out of order</source>
   <translation>它发生了故障</translation>
  </message>
  <message>
   <source>it is outside your hours</source>
   <translation>不在你设的时段内</translation>
  </message>
  <message>
   <source>it is too hot</source>
   <translation>温度太高</translation>
  </message>
  <message>
   <source>its rules can't be read</source>
   <translation>读不出它的规则</translation>
  </message>
  <message>
   <source>its self-test failed</source>
   <translation>自检没有通过</translation>
  </message>
  <message>
   <source>power costs more than your limit</source>
   <translation>电价高于你的上限</translation>
  </message>
  <message>
   <source>price of power</source>
   <translation>电价</translation>
  </message>
  <message>
   <source>the disk that you give is full</source>
   <translation>给出的磁盘已满</translation>
  </message>
  <message>
   <source>the network is metered</source>
   <translation>网络按流量计费</translation>
  </message>
  <message>
   <source>the processor is busy</source>
   <translation>处理器正忙</translation>
  </message>
  <message>
   <source>this computer runs on its battery</source>
   <translation>电脑在用电池</translation>
  </message>
  <message>
   <source>today</source>
   <translation>今天</translation>
  </message>
  <message>
   <source>today's traffic is used up</source>
   <translation>今天的流量已用完</translation>
  </message>
  <message>
   <source>tomorrow</source>
   <translation>明天</translation>
  </message>
  <message>
   <source>you switched it off</source>
   <translation>你把它关了</translation>
  </message>
  <message>
   <source>you use this computer</source>
   <translation>你在用这台电脑</translation>
  </message>
  <message>
   <source>your hours</source>
   <translation>你的时段</translation>
  </message>
  <message>
   <source>{0} has ended only now</source>
   <translation>{0} 刚刚结束</translation>
  </message>
  <message>
   <source>{0} is full-screen</source>
   <translation>{0} 正在全屏</translation>
  </message>
  <message>
   <source>{0} is paused until {1}, because {2}.</source>
   <translation>{0} 暂停到 {1}，原因：{2}。</translation>
  </message>
  <message>
   <source>{0} is paused, because {1}.</source>
   <translation>{0} 已暂停，原因：{1}。</translation>
  </message>
  <message>
   <source>{0} runs</source>
   <translation>{0} 在运行</translation>
  </message>
  <message>
   <source>{0} uses it</source>
   <translation>{0} 在用它</translation>
  </message>
  <message>
   <source>{0} {1} of finished work wait for tomorrow's.</source>
   <translation>{0}{1} 已完成的工作等明天的流量。</translation>
  </message>
 </context>
 <context>
  <name>rules_page</name>
  <message>
   <source>End that</source>
   <translation>结束</translation>
  </message>
  <message>
   <source>Share anyway for 1 h</source>
   <translation>仍然共享 1 小时</translation>
  </message>
  <message>
   <source>pauses now: {0}</source>
   <translation>现在暂停：{0}</translation>
  </message>
  <message>
   <source>shared anyway until {0}</source>
   <translation>仍然共享到 {0}</translation>
  </message>
 </context>
 <context>
  <name>self_test</name>
  <message>
   <source>: </source>
   <translation>：</translation>
  </message>
  <message>
   <source>A box is made as for a unit, and a script of the node's own runs in it.</source>
   <translation>像给单元那样建一个沙箱，并在里面运行节点自己的一个脚本。</translation>
  </message>
  <message>
   <source>A check failed before, and was left out now: {0}. It stops units until it passes.</source>
   <translation>之前有一项没有通过，这次没有检查：{0}。在它通过之前不运行单元。</translation>
  </message>
  <message>
   <source>A small unit did not come through</source>
   <translation>小单元没有走完全程</translation>
  </message>
  <message>
   <source>A small unit, whole way</source>
   <translation>一个小单元走完全程</translation>
  </message>
  <message>
   <source>A unit may make only the system calls that it needs. Those that lead out are tried.</source>
   <translation>单元只能使用它需要的系统调用。这里会逐个尝试那些能逃出去的调用。</translation>
  </message>
  <message>
   <source>A unit of the node's own goes the way of every unit, with a stop and a checkpoint half-way.</source>
   <translation>节点自己的一个单元走一遍所有单元都走的路，中途停一次并存检查点。</translation>
  </message>
  <message>
   <source>All checks once more: a minute at most, beside the units that run.</source>
   <translation>全部再检查一次：最多一分钟，不影响正在运行的单元。</translation>
  </message>
  <message>
   <source>Another can be made when this one has ended.</source>
   <translation>这一次结束后才能再做一次。</translation>
  </message>
  <message>
   <source>Beginning</source>
   <translation>正在开始</translation>
  </message>
  <message>
   <source>Break-out attempts</source>
   <translation>逃逸尝试</translation>
  </message>
  <message>
   <source>Bytes go to the server and back, to know how long datasets and results take.</source>
   <translation>向服务器收发一些数据，以便知道数据集和结果要传多久。</translation>
  </message>
  <message>
   <source>Check and evidence</source>
   <translation>检查项与依据</translation>
  </message>
  <message>
   <source>Code that takes more memory or more processes than it was given has to be stopped.</source>
   <translation>占用超过限额的内存或进程的代码必须被停止。</translation>
  </message>
  <message>
   <source>Computes</source>
   <translation>计算正确</translation>
  </message>
  <message>
   <source>Disk</source>
   <translation>磁盘</translation>
  </message>
  <message>
   <source>Ended {0}</source>
   <translation>结束于 {0}</translation>
  </message>
  <message>
   <source>Enough</source>
   <translation>足够</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>未通过</translation>
  </message>
  <message>
   <source>Found</source>
   <translation>已找到</translation>
  </message>
  <message>
   <source>Free again</source>
   <translation>已释放</translation>
  </message>
  <message>
   <source>GPU</source>
   <translation>GPU</translation>
  </message>
  <message>
   <source>GPU {0}</source>
   <translation>GPU {0}</translation>
  </message>
  <message>
   <source>GPU {0} frees its memory</source>
   <translation>GPU {0} 释放显存</translation>
  </message>
  <message>
   <source>Hold</source>
   <translation>有效</translation>
  </message>
  <message>
   <source>In a box, memory is written and read back, and the same sum reckoned again and again.</source>
   <translation>在沙箱里写入并读回显存，并反复做同一道计算。</translation>
  </message>
  <message>
   <source>It isn't shown that limits hold</source>
   <translation>不能证明限额有效</translation>
  </message>
  <message>
   <source>It isn't shown that the filter holds</source>
   <translation>不能证明过滤器有效</translation>
  </message>
  <message>
   <source>It isn't shown that units stay in their box</source>
   <translation>不能证明单元出不了沙箱</translation>
  </message>
  <message>
   <source>Left out</source>
   <translation>未检查</translation>
  </message>
  <message>
   <source>Line</source>
   <translation>线路</translation>
  </message>
  <message>
   <source>Measured</source>
   <translation>已测量</translation>
  </message>
  <message>
   <source>Memory and process limits</source>
   <translation>内存和进程限额</translation>
  </message>
  <message>
   <source>Needs Python</source>
   <translation>需要 Python</translation>
  </message>
  <message>
   <source>Needs the GPU</source>
   <translation>需要 GPU</translation>
  </message>
  <message>
   <source>Needs the disk</source>
   <translation>需要磁盘</translation>
  </message>
  <message>
   <source>Needs the sandbox</source>
   <translation>需要沙箱</translation>
  </message>
  <message>
   <source>Needs the server</source>
   <translation>需要服务器</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>待检查</translation>
  </message>
  <message>
   <source>No unit is run on this GPU. The others go on.</source>
   <translation>这块 GPU 上不运行任何单元，其他 GPU 照常。</translation>
  </message>
  <message>
   <source>None got out</source>
   <translation>都没逃出</translation>
  </message>
  <message>
   <source>Not all of it could be looked at. Make it again when the computer is less busy.</source>
   <translation>没能全部检查。等电脑不忙时再做一次。</translation>
  </message>
  <message>
   <source>Not looked at: {0}.</source>
   <translation>没有检查：{0}。</translation>
  </message>
  <message>
   <source>Not made yet</source>
   <translation>还没做过</translation>
  </message>
  <message>
   <source>Passed</source>
   <translation>通过</translation>
  </message>
  <message>
   <source>Passed: this computer runs others' units safely.</source>
   <translation>通过：别人的单元在这台电脑上运行是安全的。</translation>
  </message>
  <message>
   <source>Python</source>
   <translation>Python</translation>
  </message>
  <message>
   <source>Reached</source>
   <translation>已连通</translation>
  </message>
  <message>
   <source>Refuses</source>
   <translation>会拒绝</translation>
  </message>
  <message>
   <source>Result</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Right</source>
   <translation>正确</translation>
  </message>
  <message>
   <source>Running since {0}</source>
   <translation>开始于 {0}</translation>
  </message>
  <message>
   <source>Sandbox program</source>
   <translation>沙箱程序</translation>
  </message>
  <message>
   <source>Sandbox starts</source>
   <translation>沙箱启动</translation>
  </message>
  <message>
   <source>Scripts in a box try to read your files, see your processes, reach your network and change the system.</source>
   <translation>沙箱里的脚本会尝试读取你的文件、查看你的进程、访问你的网络、改动系统。</translation>
  </message>
  <message>
   <source>Self-test</source>
   <translation>自检</translation>
  </message>
  <message>
   <source>Server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <source>Starts</source>
   <translation>能启动</translation>
  </message>
  <message>
   <source>System-call filter</source>
   <translation>系统调用过滤器</translation>
  </message>
  <message>
   <source>The disk can't take units</source>
   <translation>磁盘容不下单元</translation>
  </message>
  <message>
   <source>The line couldn't be measured</source>
   <translation>线路没能测量</translation>
  </message>
  <message>
   <source>The sandbox doesn't start on this system</source>
   <translation>沙箱在这个系统上无法启动</translation>
  </message>
  <message>
   <source>The sandbox program is missing or too old</source>
   <translation>沙箱程序缺失或太旧</translation>
  </message>
  <message>
   <source>The server can't be used now</source>
   <translation>服务器现在不可用</translation>
  </message>
  <message>
   <source>There is no Python for units</source>
   <translation>没有可供单元使用的 Python</translation>
  </message>
  <message>
   <source>This GPU can't be relied on</source>
   <translation>这块 GPU 不可靠</translation>
  </message>
  <message>
   <source>This GPU's memory isn't freed in time</source>
   <translation>这块 GPU 的显存没有及时释放</translation>
  </message>
  <message>
   <source>This keeps nothing from being run; the node tries again by itself.</source>
   <translation>这不妨碍任何单元运行；节点会自己再试。</translation>
  </message>
  <message>
   <source>Took</source>
   <translation>用时</translation>
  </message>
  <message>
   <source>Units are Python programs: one of versions 3.11 to 3.14 has to be on this computer.</source>
   <translation>单元是 Python 程序：这台电脑上需要有 3.11 到 3.14 中的一个版本。</translation>
  </message>
  <message>
   <source>Units need room, and a disk that keeps up. A file of 64 MiB is written and taken away.</source>
   <translation>单元需要空间和跟得上的磁盘。这里写入一个 64 MiB 的文件，再删掉。</translation>
  </message>
  <message>
   <source>Waits for another</source>
   <translation>等待另一项</translation>
  </message>
  <message>
   <source>What it stands on did not pass, so it says nothing of itself. It is looked at again with that.</source>
   <translation>它所依赖的检查没有通过，所以它本身说明不了什么。那一项重新检查时，它也会一起检查。</translation>
  </message>
  <message>
   <source>When you pause, the memory has to be yours again within 10 s. A kill shows it.</source>
   <translation>你暂停后，显存必须在 10 秒内还给你。用一次强制结束来验证。</translation>
  </message>
  <message>
   <source>Work comes from the server. It is asked once, and how long its answer takes is measured.</source>
   <translation>工作来自服务器。这里问它一次，并测量多久得到回答。</translation>
  </message>
  <message>
   <source>a script in a box like a unit's</source>
   <translation>在与单元相同的沙箱里运行一个脚本</translation>
  </message>
  <message>
   <source>asked for</source>
   <translation>由你发起</translation>
  </message>
  <message>
   <source>at the first start</source>
   <translation>首次启动时</translation>
  </message>
  <message>
   <source>bubblewrap makes the box that a unit runs in.</source>
   <translation>bubblewrap 建立单元运行所在的沙箱。</translation>
  </message>
  <message>
   <source>bubblewrap, and whether it is new enough</source>
   <translation>bubblewrap，以及它是否够新</translation>
  </message>
  <message>
   <source>bytes up and down</source>
   <translation>上传和下载一些数据</translation>
  </message>
  <message>
   <source>code that takes too much</source>
   <translation>占用过多的代码</translation>
  </message>
  <message>
   <source>fetch, train, checkpoint, resume, upload</source>
   <translation>获取、训练、检查点、恢复、上传</translation>
  </message>
  <message>
   <source>made after a change</source>
   <translation>系统有变化后进行</translation>
  </message>
  <message>
   <source>made again after a failure</source>
   <translation>未通过后再次进行</translation>
  </message>
  <message>
   <source>made each week</source>
   <translation>每周一次</translation>
  </message>
  <message>
   <source>memory and arithmetic</source>
   <translation>显存与运算</translation>
  </message>
  <message>
   <source>memory taken, then a kill</source>
   <translation>占用显存，然后强制结束</translation>
  </message>
  <message>
   <source>room for units, and how fast it is written</source>
   <translation>给单元的空间，以及写入速度</translation>
  </message>
  <message>
   <source>scripts that try to get out</source>
   <translation>尝试逃出的脚本</translation>
  </message>
  <message>
   <source>seccomp, built and loaded</source>
   <translation>seccomp，已构建并加载</translation>
  </message>
  <message>
   <source>what units are run with</source>
   <translation>用来运行单元</translation>
  </message>
  <message>
   <source>whether it answers, and how soon</source>
   <translation>是否回答，以及多快</translation>
  </message>
  <message>
   <source>{0} of {1} s</source>
   <translation>{0} / {1} 秒</translation>
  </message>
  <message>
   <source>{0} s</source>
   <translation>{0} 秒</translation>
  </message>
  <message>
   <source>{0} says that nothing confines units, and takes only jobs of its own account.</source>
   <translation>{0} 会说明没有东西隔离单元，因此只接自己账号的任务。</translation>
  </message>
  <message>
   <source>{0} takes no unit until it passes.</source>
   <translation>{0} 在通过之前不接任何单元。</translation>
  </message>
 </context>
 <context>
  <name>signing_secret</name>
  <message>
   <source>Check each request's webhook-signature with it, as Standard Webhooks says.</source>
   <translation>用它按 Standard Webhooks 验证每个请求的 webhook-signature。</translation>
  </message>
  <message>
   <source>Code to check it</source>
   <translation>验证代码</translation>
  </message>
  <message>
   <source>Endpoint added</source>
   <translation>端点已添加</translation>
  </message>
  <message>
   <source>I have put the secret where my server reads it</source>
   <translation>我已经把密钥放到服务器读取的地方</translation>
  </message>
  <message>
   <source>Send a test</source>
   <translation>发送测试</translation>
  </message>
  <message>
   <source>Shown this once. If it is lost, delete the endpoint and add it again.</source>
   <translation>只显示这一次。丢了就删除端点，重新添加。</translation>
  </message>
  <message>
   <source>Signing secret</source>
   <translation>签名密钥</translation>
  </message>
  <message>
   <source>Test is sent</source>
   <translation>测试已发送</translation>
  </message>
  <message>
   <source>{0} is ready for {1}</source>
   <translation>{0} 已准备好接收 {1}</translation>
  </message>
 </context>
 <context>
  <name>states</name>
  <message>
   <source>Blocked</source>
   <translation>等待上游</translation>
  </message>
  <message>
   <source>Busy</source>
   <translation>忙碌</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>Completed</source>
   <translation>已完成</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>Planning</source>
   <translation>规划中</translation>
  </message>
  <message>
   <source>Problem</source>
   <translation>问题</translation>
  </message>
  <message>
   <source>Queued</source>
   <translation>排队中</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>未通过校验</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>Sharing</source>
   <translation>共享中</translation>
  </message>
  <message>
   <source>Starting</source>
   <translation>启动中</translation>
  </message>
  <message>
   <source>Uploading</source>
   <translation>上传中</translation>
  </message>
  <message>
   <source>Verifying</source>
   <translation>校验中</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>待分配</translation>
  </message>
 </context>
 <context>
  <name>transfer_words</name>
  <message>
   <source>1 download</source>
   <translation>1 个下载</translation>
  </message>
  <message>
   <source>1 upload</source>
   <translation>1 个上传</translation>
  </message>
  <message>
   <source>A file changed while it was sent</source>
   <translation>发送时文件发生了变化</translation>
  </message>
  <message>
   <source>Delete what you no longer need, or ask the operator for more storage.</source>
   <translation>删除不再需要的内容，或向管理员申请更多空间。</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>Fetching the artifacts of {0}</source>
   <translation>正在获取 {0} 的产物</translation>
  </message>
  <message>
   <source>Is the server's address right, and does it run? It goes on by itself when the server answers.</source>
   <translation>服务器地址对吗？它在运行吗？服务器恢复后会自动继续。</translation>
  </message>
  <message>
   <source>Make room on it, then try again: what is there already is kept.</source>
   <translation>请腾出空间后重试：已有的内容会保留。</translation>
  </message>
  <message>
   <source>Nothing is lost. {0} is stored and won't be sent again.</source>
   <translation>没有丢失。已存 {0}，不会再发。</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>Read it again</source>
   <translation>重新读取</translation>
  </message>
  <message>
   <source>Reading {0}</source>
   <translation>正在读取 {0}</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>未通过校验</translation>
  </message>
  <message>
   <source>Something went wrong here</source>
   <translation>程序出了问题</translation>
  </message>
  <message>
   <source>Stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <source>Stopped, retrying</source>
   <translation>停下了，正在重试</translation>
  </message>
  <message>
   <source>The API key has expired or was revoked. Enter another one, then the download goes on.</source>
   <translation>API 密钥已过期或被吊销。输入另一个密钥后，下载会继续。</translation>
  </message>
  <message>
   <source>The API key has expired or was revoked. Enter another one, then the upload goes on.</source>
   <translation>API 密钥已过期或被吊销。换一个密钥后上传会继续。</translation>
  </message>
  <message>
   <source>The download stopped: the server can't send more now</source>
   <translation>下载已停止：服务器暂时无法发送</translation>
  </message>
  <message>
   <source>The download stopped: the server is gone</source>
   <translation>下载已停止：服务器已断开</translation>
  </message>
  <message>
   <source>The files can't be written</source>
   <translation>无法写入文件</translation>
  </message>
  <message>
   <source>The rest goes on by itself when the server is back; what was fetched is kept.</source>
   <translation>服务器恢复后，其余部分会自动继续；已下载的内容会保留。</translation>
  </message>
  <message>
   <source>The rest goes on by itself when the server is back; you can close the window.</source>
   <translation>服务器恢复后其余部分会自动继续；可以关闭窗口。</translation>
  </message>
  <message>
   <source>The rest goes on by itself; what was fetched is kept.</source>
   <translation>其余部分会自动继续；已下载的内容会保留。</translation>
  </message>
  <message>
   <source>The rest goes on by itself; you can close the window.</source>
   <translation>其余部分会自动继续；可以关闭窗口。</translation>
  </message>
  <message>
   <source>The server doesn't answer</source>
   <translation>服务器没有响应</translation>
  </message>
  <message>
   <source>The server doesn't take this key any more</source>
   <translation>服务器不再接受这个密钥</translation>
  </message>
  <message>
   <source>The server refused it</source>
   <translation>服务器拒绝了它</translation>
  </message>
  <message>
   <source>The server rejected the package</source>
   <translation>服务器未通过这个训练包</translation>
  </message>
  <message>
   <source>The server says: {0}</source>
   <translation>服务器答复：{0}</translation>
  </message>
  <message>
   <source>The upload stopped: the server can't take more now</source>
   <translation>上传停下了：服务器现在收不下更多</translation>
  </message>
  <message>
   <source>The upload stopped: the server is gone</source>
   <translation>上传停下了：连不上服务器</translation>
  </message>
  <message>
   <source>This can't be uploaded as it is</source>
   <translation>这样无法上传</translation>
  </message>
  <message>
   <source>This computer's disk is full</source>
   <translation>这台电脑的磁盘满了</translation>
  </message>
  <message>
   <source>This key may not fetch files</source>
   <translation>这个密钥无权下载文件</translation>
  </message>
  <message>
   <source>This key may not upload here</source>
   <translation>这个密钥无权上传</translation>
  </message>
  <message>
   <source>Tries again in {0}</source>
   <translation>{0} 后重试</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>Try now</source>
   <translation>立即重试</translation>
  </message>
  <message>
   <source>Uploading {0}</source>
   <translation>正在上传 {0}</translation>
  </message>
  <message>
   <source>Wait until nothing writes there any more. What was sent is kept; only changes are sent anew.</source>
   <translation>等到没有程序再写入。已发送的会保留，只重发变化的部分。</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>等待中</translation>
  </message>
  <message>
   <source>What answers at this address is no server of GPU-Agent</source>
   <translation>这个地址上的不是 GPU-Agent 服务器</translation>
  </message>
  <message>
   <source>Your storage on the server is full</source>
   <translation>服务器上的空间用完了</translation>
  </message>
  <message>
   <source>next in {0}</source>
   <translation>{0} 后再试</translation>
  </message>
  <message>
   <source>{0} downloads</source>
   <translation>{0} 个下载</translation>
  </message>
  <message>
   <source>{0} files are in {1}</source>
   <translation>{0} 个文件在 {1}</translation>
  </message>
  <message>
   <source>{0} paused</source>
   <translation>{0}已暂停</translation>
  </message>
  <message>
   <source>{0} stopped</source>
   <translation>{0}已停止</translation>
  </message>
  <message>
   <source>{0} transfers</source>
   <translation>{0} 个传输</translation>
  </message>
  <message>
   <source>{0} uploads</source>
   <translation>{0} 个上传</translation>
  </message>
  <message>
   <source>{0} v{1} is ready, {2}</source>
   <translation>{0} v{1} 已就绪，{2}</translation>
  </message>
  <message>
   <source>{0}, retrying</source>
   <translation>{0}正在重试</translation>
  </message>
 </context>
 <context>
  <name>tray</name>
  <message>
   <source>Look at your machines</source>
   <translation>请看看你的电脑</translation>
  </message>
  <message>
   <source>Today {0} credits</source>
   <translation>今天 {0} 积分</translation>
  </message>
  <message>
   <source>Today {0} credits, as of {1}</source>
   <translation>今天 {0} 积分（{1} 时）</translation>
  </message>
  <message>
   <source>Your GPU is wanted</source>
   <translation>有人需要你的显卡</translation>
  </message>
 </context>
 <context>
  <name>trouble</name>
  <message>
   <source>Check the address and its port, and that the server runs.</source>
   <translation>请检查地址和端口，并确认服务器正在运行。</translation>
  </message>
  <message>
   <source>Check the address letter by letter, and that this computer is online.</source>
   <translation>请逐字检查地址，并确认这台电脑已联网。</translation>
  </message>
  <message>
   <source>Check the address. A server in your own network may speak plain http: write http:// then.</source>
   <translation>请检查地址。自己网络中的服务器可能只支持普通 http：这时请写 http://。</translation>
  </message>
  <message>
   <source>Check the address: another program answers there, or a page before the server.</source>
   <translation>请检查地址：在那里应答的是另一个程序，或服务器前面的网页。</translation>
  </message>
  <message>
   <source>Check this computer's network and that the server runs, then try again.</source>
   <translation>请检查这台电脑的网络，并确认服务器正在运行，然后重试。</translation>
  </message>
  <message>
   <source>Connect with a key that has the right nodes:write, or have the operator make a code.</source>
   <translation>请用有 nodes:write 权限的密钥连接，或请管理员生成登记码。</translation>
  </message>
  <message>
   <source>It may have been made all the same: look in the list before you try again.</source>
   <translation>可能其实已经创建：再试之前请先看看列表。</translation>
  </message>
  <message>
   <source>Make another code, or have one made: each is good once, and for 15 minutes.</source>
   <translation>请再生成一个登记码，或请人生成：每个只能用一次，有效 15 分钟。</translation>
  </message>
  <message>
   <source>Make room on it, then try again: what is there already is kept.</source>
   <translation>请腾出空间后重试：已有的内容会保留。</translation>
  </message>
  <message>
   <source>No connection to the server</source>
   <translation>连不上服务器</translation>
  </message>
  <message>
   <source>No safe connection to this address</source>
   <translation>无法与此地址建立安全连接</translation>
  </message>
  <message>
   <source>Not enough credits</source>
   <translation>积分不足</translation>
  </message>
  <message>
   <source>Nothing answers at this address</source>
   <translation>此地址没有应答</translation>
  </message>
  <message>
   <source>Nothing can be sent to this address</source>
   <translation>无法向这个地址发送</translation>
  </message>
  <message>
   <source>Something went wrong here</source>
   <translation>程序出了问题</translation>
  </message>
  <message>
   <source>That didn't work</source>
   <translation>没有成功</translation>
  </message>
  <message>
   <source>That isn't possible any more</source>
   <translation>现在不能这样做了</translation>
  </message>
  <message>
   <source>The endpoint didn't take it</source>
   <translation>端点没有接收</translation>
  </message>
  <message>
   <source>The files can't be fetched</source>
   <translation>无法下载文件</translation>
  </message>
  <message>
   <source>The package has problems</source>
   <translation>训练包有问题</translation>
  </message>
  <message>
   <source>The server asks for a key</source>
   <translation>服务器要求密钥</translation>
  </message>
  <message>
   <source>The server can't answer now</source>
   <translation>服务器现在无法响应</translation>
  </message>
  <message>
   <source>The server didn't accept this</source>
   <translation>服务器没有接受</translation>
  </message>
  <message>
   <source>The server doesn't know this key</source>
   <translation>服务器不认识这个密钥</translation>
  </message>
  <message>
   <source>The server doesn't take this key any more</source>
   <translation>服务器不再接受这个密钥</translation>
  </message>
  <message>
   <source>The server failed</source>
   <translation>服务器出错了</translation>
  </message>
  <message>
   <source>The server's storage doesn't answer</source>
   <translation>服务器的存储没有响应</translation>
  </message>
  <message>
   <source>The storage on the server is full</source>
   <translation>服务器上的空间用完了</translation>
  </message>
  <message>
   <source>There is no server of this name</source>
   <translation>没有这个名称的服务器</translation>
  </message>
  <message>
   <source>This account is suspended</source>
   <translation>账号已停用</translation>
  </message>
  <message>
   <source>This code is unknown, used or expired</source>
   <translation>代码不存在、已用过或已过期</translation>
  </message>
  <message>
   <source>This computer is enrolled, only its node didn't start. Try again: that takes no other code.</source>
   <translation>这台电脑已登记，只是节点没有启动。请重试：不需要另一个登记码。</translation>
  </message>
  <message>
   <source>This computer refused</source>
   <translation>这台电脑拒绝了操作</translation>
  </message>
  <message>
   <source>This computer's disk is full</source>
   <translation>这台电脑的磁盘已满</translation>
  </message>
  <message>
   <source>This endpoint is there no more</source>
   <translation>这个端点已经不在了</translation>
  </message>
  <message>
   <source>This key may not do that</source>
   <translation>这个密钥无权这样做</translation>
  </message>
  <message>
   <source>This key was revoked</source>
   <translation>这个密钥已被吊销</translation>
  </message>
  <message>
   <source>This plan is beyond the server's limits</source>
   <translation>计划超出服务器的限制</translation>
  </message>
  <message>
   <source>This program is too old for the server</source>
   <translation>程序太旧，服务器不再支持</translation>
  </message>
  <message>
   <source>Today's limit is used up</source>
   <translation>今天的额度用完了</translation>
  </message>
  <message>
   <source>Too many at once</source>
   <translation>同时太多了</translation>
  </message>
  <message>
   <source>Try again. If it stays, tell the operator of the server.</source>
   <translation>请重试。如果仍然如此，请告知服务器管理员。</translation>
  </message>
  <message>
   <source>Use the codes that you have, or wait: each of them ends 15 minutes after it was made.</source>
   <translation>请使用已有的登记码，或稍等：每个登记码在生成 15 分钟后失效。</translation>
  </message>
  <message>
   <source>What answers at this address is no server of GPU-Agent</source>
   <translation>在此地址应答的不是 GPU-Agent 服务器</translation>
  </message>
  <message>
   <source>What was under way may not have happened. The log has the details.</source>
   <translation>刚才的操作可能没有完成。详情见日志。</translation>
  </message>
  <message>
   <source>and {0} more</source>
   <translation>还有 {0} 项</translation>
  </message>
 </context>
 <context>
  <name>try_timeline</name>
  <message>
   <source>1 try</source>
   <translation>1 次尝试</translation>
  </message>
  <message>
   <source>gives up {0}</source>
   <translation>{0} 放弃</translation>
  </message>
  <message>
   <source>next {0}</source>
   <translation>下次 {0}</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>{0} tries</source>
   <translation>{0} 次尝试</translation>
  </message>
 </context>
 <context>
  <name>uploads</name>
  <message>
   <source>1 problem</source>
   <translation>1 个问题</translation>
  </message>
  <message>
   <source>Not finished</source>
   <translation>未完成</translation>
  </message>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>未通过校验</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>没有问题</translation>
  </message>
  <message>
   <source>not sent yet</source>
   <translation>尚未发送</translation>
  </message>
  <message>
   <source>now</source>
   <translation>现在</translation>
  </message>
  <message>
   <source>{0} problems</source>
   <translation>{0} 个问题</translation>
  </message>
 </context>
 <context>
  <name>versions</name>
  <message>
   <source>1 job</source>
   <translation>1 个任务</translation>
  </message>
  <message>
   <source>Actions</source>
   <translation>操作</translation>
  </message>
  <message>
   <source>In chunks that the version before doesn't have</source>
   <translation>前一版本没有的数据块</translation>
  </message>
  <message>
   <source>Made</source>
   <translation>创建</translation>
  </message>
  <message>
   <source>New in it</source>
   <translation>新增内容</translation>
  </message>
  <message>
   <source>Not finished</source>
   <translation>未完成</translation>
  </message>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>未通过校验</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <source>Used by</source>
   <translation>使用它的任务</translation>
  </message>
  <message>
   <source>Version</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>all {0}</source>
   <translation>全部 {0}</translation>
  </message>
  <message>
   <source>none</source>
   <translation>没有</translation>
  </message>
  <message>
   <source>{0} jobs</source>
   <translation>{0} 个任务</translation>
  </message>
  <message>
   <source>{0} jobs and more</source>
   <translation>{0} 个以上任务</translation>
  </message>
 </context>
 <context>
  <name>webhooks</name>
  <message>
   <source>Deliveries</source>
   <translation>投递</translation>
  </message>
  <message>
   <source>Delivering</source>
   <translation>正常送达</translation>
  </message>
  <message>
   <source>Endpoint · HTTPS</source>
   <translation>端点 · HTTPS</translation>
  </message>
  <message>
   <source>More actions</source>
   <translation>更多操作</translation>
  </message>
  <message>
   <source>Not delivered</source>
   <translation>未送达</translation>
  </message>
  <message>
   <source>Nothing sent yet</source>
   <translation>还没发送过</translation>
  </message>
  <message>
   <source>Off, by the server</source>
   <translation>已被服务器关闭</translation>
  </message>
  <message>
   <source>Off, by you</source>
   <translation>已被你关闭</translation>
  </message>
  <message>
   <source>On</source>
   <translation>开启</translation>
  </message>
  <message>
   <source>Retrying</source>
   <translation>重试中</translation>
  </message>
  <message>
   <source>Sending</source>
   <translation>发送中</translation>
  </message>
  <message>
   <source>made {0}</source>
   <translation>{0} 添加</translation>
  </message>
  <message>
   <source>no answer</source>
   <translation>没有应答</translation>
  </message>
  <message>
   <source>off</source>
   <translation>关</translation>
  </message>
  <message>
   <source>on</source>
   <translation>开</translation>
  </message>
  <message>
   <source>{0} below {1}</source>
   <translation>{0} 低于 {1}</translation>
  </message>
 </context>
</TS>
