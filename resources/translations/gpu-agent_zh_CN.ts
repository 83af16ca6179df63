<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>AddMachineDialog</name>
  <message>
   <source>Add a machine</source>
   <translation>添加一台电脑</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>The server's operator makes a code with the first command; say the second on the new machine.</source>
   <translation>服务器的管理者用第一条命令生成登记码，再在新电脑上运行第二条。</translation>
  </message>
 </context>
 <context>
  <name>ArtifactsPanel</name>
  <message>
   <source>Artifacts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Download all</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Enter downloads, stops or shows the file</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Banner</name>
  <message>
   <source>Close</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copied</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy diagnostics</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>request id</source>
   <translation type="unfinished" />
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
   <translation type="unfinished" />
  </message>
  <message>
   <source>Allow plain http to a machine of my own network</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Connecting</name>
  <message>
   <source>Enter the key</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keys are kept in a file that only you can read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sending 1,797 handwritten digits and the training package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings can't be kept</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starting a server and a node on this computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The key of {0} is not on this computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0}. The file: {1}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ContentPage</name>
  <message>
   <source>Delete {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete {0}?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Jobs that run keep it until they end. This can't be undone.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep it</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Datasets</name>
  <message>
   <source>A file or folder: CSV, images, anything your code reads. Only you and your jobs can see it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add your first dataset</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose file</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose folder</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy id</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Datasets</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete v{0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Drop a file or folder anywhere</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find a dataset</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>More</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not finished</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Train with it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Train with v{0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Unfinished uploads go on where they stopped.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the bundled example</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Versions</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>unchanged chunks are kept once</source>
   <translation type="unfinished" />
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
   <source>Code</source>
   <translation>登记码</translation>
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
  <message>
   <source>Whoever runs the server makes it; it works once.</source>
   <translation>由服务器的管理者生成，只能用一次。</translation>
  </message>
 </context>
 <context>
  <name>Field</name>
  <message>
   <source>Show what is typed</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>FirstStart</name>
  <message>
   <source>1,797 handwritten digits, over 95 % accuracy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Comes with an example; your own data works too</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Connect to a server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Earn credits while it is idle; it makes way when you use it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Hours, programs and temperature are yours to set</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Light</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Looked at here only; nothing was sent</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Needs a server's address and an API key</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No account and no network needed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Press</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server and node run here; a model in about 2 minutes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Set up sharing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share my GPU</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starts paused; you switch it on</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>System</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Takes 190 MB; can be deleted as a whole at any time</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Train a model</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training code reaches neither your files nor your network</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try both on this computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Upload data and a training package, and train on other people's GPUs.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What would you like to do with GPU-Agent?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>You can switch at the top left at any time, and do both.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>You pay credits for completed units only</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>to choose,</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>to confirm</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>FirstSteps</name>
  <message>
   <source>1,797 handwritten digits and tiny-mlp: one job, 4 units, at least 95 % accuracy.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A file or folder: CSV, images, anything your code reads. Only you and your jobs can see it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A folder or zip with train.py. Every problem is shown with its file and line before it is sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add a dataset</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add a training package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Checkpoints, metrics and models, ready to download.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose file</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose folder</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Failed units, stopped uploads, low credits.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Later this page shows</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Launch a training job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Live progress, time left and cost of each job.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Needs attention</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No data at hand? Run the bundled example</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Recent artifacts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run the example</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Running jobs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>See the plan, what it costs and how long it takes. Then launch, and watch it run.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Three steps, about five minutes of your time. Nothing is charged before you launch.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Train your first model</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>FormDialog</name>
  <message>
   <source>Cancel</source>
   <translation type="unfinished" />
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
   <source>Temperature</source>
   <translation>温度</translation>
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
   <source>limit {0}</source>
   <translation>上限 {0}</translation>
  </message>
  <message>
   <source>of {0} GiB</source>
   <translation>/ {0} GiB</translation>
  </message>
 </context>
 <context>
  <name>IdLabel</name>
  <message>
   <source>Copy {0}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>JobPage</name>
  <message>
   <source>All files go to {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Artifacts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Artifacts {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancel job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancel job, pay {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancel {0}?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep it running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Metrics</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Retry</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Retry as it is</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Selected unit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start again with {0} MiB</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model appears after package.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training jobs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units that run are stopped and cost nothing; {0} for completed units stays charged, {1} comes back. Artifacts and checkpoints of completed units are kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} to {1}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>JobsPage</name>
  <message>
   <source>A job takes a dataset and a training package and runs them on other people's GPUs. You see what it can cost before you launch it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Active</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add a dataset first</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>All</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>All loaded</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancelled</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Completed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy id</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dataset: all</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find by name or id</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Load again (F5)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No training jobs yet</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing matches these filters</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Package: all</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training jobs</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>LimitsBar</name>
  <message>
   <source>At once</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Submitted this minute</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units today</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>LogView</name>
  <message>
   <source>Find in this log; Enter for the next</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Follow</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Log</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not in this log</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Search this log</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>Connect to a server…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try both on this computer</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MetricPlot</name>
  <message>
   <source>Metrics</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Metrics over steps</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What the training logs appears here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Which metric</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>step {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>try {0} resumes</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MyNode</name>
  <message>
   <source>Add a machine</source>
   <translation>添加一台电脑</translation>
  </message>
  <message>
   <source>Busy</source>
   <translation>忙碌</translation>
  </message>
  <message>
   <source>Connected</source>
   <translation>已连接</translation>
  </message>
  <message>
   <source>Disk for units</source>
   <translation>单元可用磁盘</translation>
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
   <source>Memory for units</source>
   <translation>单元可用内存</translation>
  </message>
  <message>
   <source>My node</source>
   <translation>我的节点</translation>
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
   <source>Paused by you</source>
   <translation>由你暂停</translation>
  </message>
  <message>
   <source>Running now</source>
   <translation>正在运行</translation>
  </message>
  <message>
   <source>Share now</source>
   <translation>现在恢复共享</translation>
  </message>
  <message>
   <source>Shared for</source>
   <translation>已共享</translation>
  </message>
  <message>
   <source>Waiting for work</source>
   <translation>等待任务</translation>
  </message>
  <message>
   <source>unit</source>
   <translation>个单元</translation>
  </message>
  <message>
   <source>units</source>
   <translation>个单元</translation>
  </message>
 </context>
 <context>
  <name>Navigation</name>
  <message>
   <source>Connect</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find or run</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fold the navigation</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>More</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server: {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Train</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Unfold the navigation</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>NewJobPage</name>
  <message>
   <source>0 runs on CPUs. A unit that takes more is stopped.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Back</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dataset</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Disk</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>GPU memory</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How far the data may travel: to which tiers of nodes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It is held for; only what was used is charged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Launch</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Launch · hold {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Longest time of a unit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Low: controlled and trusted nodes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New training job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Parameters</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Public: any node</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Resources</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Restricted: my own nodes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Scratch space of each unit, beside the data.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sensitive: trusted nodes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sensitivity</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training jobs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What is trained</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>You pay for units that complete. Failed and rejected ones are free.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Overview</name>
  <message>
   <source>All jobs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask the operator of this server for more, before a job is refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Completed jobs leave them here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Customer guide</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Jobs at once</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Low credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Needs attention</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>None runs now.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing. All is well.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Overview</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Planning</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Queued</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ready</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Recent artifacts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Running jobs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units today</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>credits a GPU minute and up · CPU {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>none held</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>resets 00:00 UTC</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} charged</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} credits left</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} held</source>
   <translation type="unfinished" />
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
   <translation type="unfinished" />
  </message>
  <message>
   <source>Requirements</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Scripts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a checkpoint every {0} s</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no GPU</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} MiB VRAM</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} MiB memory</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Packages</name>
  <message>
   <source>A folder or zip with train.py. Every problem is shown with its file and line before it is sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add your first training package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose folder</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose zip</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy id</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Drop a folder or zip anywhere</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find a package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It is checked here first. Nothing is sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>More</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not finished</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Packages (*.zip)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Problems</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ready</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rejected</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sending waits for these {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sending waits for this one</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sound</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Train with it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training packages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the bundled example</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>all of them, not just the first · checked again whenever a file changes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>none · checked again whenever a file changes</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>PageHeader</name>
  <message>
   <source>More actions</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Palette</name>
  <message numerus="yes">
   <source>%n found</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message>
   <source>Find or run</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ParamFields</name>
  <message>
   <source>This package has no parameters.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>PreviewPanel</name>
  <message>
   <source>Preview</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>all {0} rows</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>first {0} rows</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the first lines of {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the first {0} pictures</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} columns</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>PricePanel</name>
  <message numerus="yes">
   <source>%n node(s) now</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message>
   <source>Balance after the hold</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Likely cost</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most it can cost</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No node that could run all of it is free now: the job will wait.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Plan</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The balance doesn't cover the hold.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>held at launch</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>of {0}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ProblemList</name>
  <message>
   <source>Open</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>and {0} more</source>
   <translation type="unfinished" />
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
  <name>Readings</name>
  <message>
   <source>/ {0} done</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Charged</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Held</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Held now</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Progress</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ran for</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Returned</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Running for</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time left</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>of {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>of {0} held</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} stopped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0}, about</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SettingsPage</name>
  <message>
   <source>Appearance</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Diagnosis</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Forget {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Language</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Language of the window</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Light</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Light or dark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>None yet</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Servers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings of this window. Keys are in the system's keyring, or in keys.json there, for you alone.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>System</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This computer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>in use</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>started with this window</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ShareDialog</name>
  <message>
   <source>Allow plain http to a machine of my own network</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy the code again, whole.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Enrollment code</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The operator makes one for you; it is good for one machine and expires.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>StatusBar</name>
  <message>
   <source>Catching up</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Connecting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Live</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Live · last event {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not connected</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Offline since {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>next try {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} credits available</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} held</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TransferPanel</name>
  <message>
   <source>Cancel</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Closing the window doesn't lose it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pause</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pause upload</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Resume</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>hashing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>hashing done</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>hashing done, {0} left out</source>
   <translation type="unfinished" />
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
   <source>Stop sharing and quit</source>
   <translation>退出并停止共享</translation>
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
   <source>Work is kept; GPU memory is free within 10 s</source>
   <translation>先存检查点再交还，显存 10 秒内释放</translation>
  </message>
 </context>
 <context>
  <name>TryHere</name>
  <message>
   <source>Choose a file…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Data to try it on</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Results</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The same box as on a node: no network, none of your files. Nothing is charged or sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try it here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>of at most {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>on a sample, before anything is sent</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>UnitPanel</name>
  <message>
   <source>Allowed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Attempts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Being given back: {0}</source>
   <translation>正在交还：{0}</translation>
  </message>
  <message>
   <source>Charged</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Checkpoint kept {0} ago</source>
   <translation>{0}前存了检查点</translation>
  </message>
  <message>
   <source>Details</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Exit code</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>GPU {0}</source>
   <translation>GPU {0}</translation>
  </message>
  <message>
   <source>Held</source>
   <translation type="unfinished" />
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
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most it took</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Needs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network</source>
   <translation>网络</translation>
  </message>
  <message>
   <source>Next unit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No node that may run it is free now. It needs {0}; it starts when one is.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No unit chosen</source>
   <translation type="unfinished" />
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
   <translation type="unfinished" />
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
   <translation type="unfinished" />
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
   <translation type="unfinished" />
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
   <translation type="unfinished" />
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
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} VRAM, </source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} disk</source>
   <translation type="unfinished" />
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
   <translation type="unfinished" />
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
   <translation type="unfinished" />
  </message>
  <message>
   <source>Graph</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Larger (+)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Smaller (−)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tree</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Units as a graph; T shows them as a tree</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Usage</name>
  <message>
   <source>All</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Available</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Charged this month</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Charges</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Every row adds up to what is available. Six decimals in the tooltip.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Grants</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Grants, holds and charges of your jobs stand here, to the millionth of a credit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Held</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Holds and releases</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ledger</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No credits have moved yet</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not charged</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Usage and credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>for {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>of {0} units</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>amounts</name>
  <message>
   <source>1 file</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>d MMM</source>
   <comment>a date in QDate's letters</comment>
   <translation type="unfinished" />
  </message>
  <message>
   <source>today</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} files</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} h {1} min</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} left</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} min {1} s</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} of {1}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} s</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>artifacts</name>
  <message>
   <source>checkpoint</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>checksum matches</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>logs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>may run code when opened</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>metrics</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>opens when its unit is completed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>output</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} s</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>commands</name>
  <message>
   <source>Appearance: dark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Appearance: light</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Appearance: system</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close the window</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Connect to a server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reload</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share my GPU</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>first_start</name>
  <message>
   <source>Connect</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Connect to a server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Set up sharing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share my GPU</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The node starts paused: nothing runs here before you press Share.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The operator of the server gives you both. The key stays on this computer, in its keyring.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>job_form</name>
  <message>
   <source>A number</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A whole number</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose a dataset</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose a training package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give it a name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} or less</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} or more</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>jobs</name>
  <message>
   <source>Another attempt was first</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>At step {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Average</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancelled</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Completed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cost (credits)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Created</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dataset / package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Evaluate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>From step {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>From step {0} to {1}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Handed back by its owner</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It ended at step {0}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It took {0}; {1} was allowed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Its checkpoint was used.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Kept and yours: what {0} made.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Lost contact</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>MMM d</source>
   <comment>date of a job in Qt's date format</comment>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not charged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not verified</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Prepare</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Progress</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Refused by the node</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Select</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>State</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Train</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>about {0} {1}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>cancelled</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>h</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>min</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>needs {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no able node is free</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>ran {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>s</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>settled</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>starting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>today {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>took {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>waits for a free node: needs {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>yesterday {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} / {1} units</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} held</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} measured, {1} allowed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} of {1}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} of {1} running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} {1} of {2}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ledger</name>
  <message>
   <source>Available after</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Charge</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Earning</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fee</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>For</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Grant</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Hold</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Kind</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Release</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reversal</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>by the operator</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>its part of the hold</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the most its units can cost</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>machine</name>
  <message>
   <source>, </source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No NVIDIA GPU, CPU only</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No sandbox: only your own code runs here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sandbox works ({0})</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} GB free</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} cores</source>
   <translation type="unfinished" />
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
   <source>Pause frees GPU memory within 10 s.</source>
   <translation>暂停后 10 秒内释放显存。</translation>
  </message>
  <message>
   <source>Pause stops all work within 10 s.</source>
   <translation>暂停后 10 秒内停止所有任务。</translation>
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
  <name>pages</name>
  <message>
   <source>Datasets</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>My node</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New training job</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Overview</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training jobs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training packages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Usage and credits</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>preview</name>
  <message>
   <source>decimal</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>integer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>text</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>states</name>
  <message>
   <source>Blocked</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Busy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancelled</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Completed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Paused</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Planning</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Problem</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Queued</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rejected</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sharing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Uploading</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Verifying</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Waiting</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>transfer_status</name>
  <message numerus="yes">
   <source>%n download(s)</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message numerus="yes">
   <source>%n retrying</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message numerus="yes">
   <source>%n transfer(s)</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
  <message numerus="yes">
   <source>%n upload(s)</source>
   <translation type="unfinished">
    <numerusform />
   </translation>
  </message>
 </context>
 <context>
  <name>transfer_words</name>
  <message>
   <source>1 download</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 upload</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 upload paused</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 upload retrying</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A file changed while it was sent</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete what you no longer need, or ask the operator for more storage.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Done</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fetching the artifacts of {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Is the server's address right, and does it run? It goes on by itself when the server answers.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Make room on this computer, then try again: what was fetched is kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing is lost. {0} is stored and won't be sent again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Paused</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Read it again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reading {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rejected</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Something went wrong here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped, retrying</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The API key has expired or was revoked. Enter another one, then the upload goes on.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The files can't be written</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The rest goes on by itself when the server is back; you can close the window.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The rest goes on by itself; you can close the window.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server doesn't answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server doesn't take this key any more</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server refused it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server rejected the package</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The upload stopped: the server can't take more now</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The upload stopped: the server is gone</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This can't be uploaded as it is</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This computer's disk is full</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This key may not upload here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tries again in {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try now</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Uploading {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait until nothing writes there any more. What was sent is kept; only changes are sent anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Waiting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What answers at this address is no server of GPU-Agent</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Your storage on the server is full</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>next in {0}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} downloads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} files are in {1}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} uploads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} uploads paused</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} uploads retrying</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} v{1} is ready, {2}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>trouble</name>
  <message>
   <source>No connection to the server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not enough credits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Something went wrong here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>That didn't work</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>That isn't possible any more</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The package has problems</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server asks for a key</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server can't answer now</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server didn't accept this</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server doesn't know this key</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server's storage doesn't answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The storage on the server is full</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This account is suspended</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This code is unknown, used or expired</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This computer refused</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This key may not do that</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This key was revoked</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This plan is beyond the server's limits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This program is too old for the server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Today's limit is used up</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Too many at once</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What was under way may not have happened. The log has the details.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>and {0} more</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>uploads</name>
  <message>
   <source>1 problem</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not finished</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ready</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rejected</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sound</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>not sent yet</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>now</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{0} problems</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>versions</name>
  <message>
   <source>Files</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Made</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Not finished</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ready</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rejected</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Size</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>State</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Version</source>
   <translation type="unfinished" />
  </message>
 </context>
</TS>
